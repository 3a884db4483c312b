//! JSON in which a name stands once in an object. RFC 8259 leaves open which of
//! two values counts: the sender's system may mean one subject and this program
//! read the other, so such a file is refused.

use super::MAX_RECORDS;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A JSON value without doubled names. Nesting is bounded by serde_json (128 levels).
pub(super) struct Strict(pub(super) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Any).map(Strict)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(v)) = seq.next_element()? {
            if all.len() == MAX_RECORDS {
                return Err(A::Error::custom(LONG));
            }
            all.push(v);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Strict(v) = map.next_value()?;
            // The name itself may hold a patient's words, so it is not repeated.
            if object.insert(name, v).is_some() {
                return Err(A::Error::custom(DOUBLED));
            }
        }
        Ok(Value::Object(object))
    }
}

const DOUBLED: &str = "a name stands twice in one object";
const LONG: &str = "a list is longer than any that is read";

/// True for the error of a doubled name.
pub(super) fn is_doubled(e: &serde_json::Error) -> bool {
    e.to_string().starts_with(DOUBLED)
}

/// True for the error of a list with more members than a file may have records.
pub(super) fn is_long(e: &serde_json::Error) -> bool {
    e.to_string().starts_with(LONG)
}
