use super::read;
use crate::{Heading, Item, Parsed};
use contract::{Code, SenderRole};
use jiff::Timestamp;
use serde_json::json;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("time")
}

fn bundle(resources: serde_json::Value) -> Vec<Parsed> {
    let entry: Vec<_> = resources
        .as_array()
        .expect("list")
        .iter()
        .map(|r| json!({"resource": r}))
        .collect();
    let text = json!({"resourceType": "Bundle", "type": "collection", "entry": entry}).to_string();
    read("b.json", text.as_bytes(), now()).expect("a bundle")
}

fn message() -> serde_json::Value {
    json!({"resourceType": "Communication", "id": "m1", "status": "completed",
        "subject": {"reference": "Patient/p1"}, "sender": {"reference": "Patient/p1"},
        "sent": "2026-11-20T09:00:00Z", "partOf": [{"reference": "Communication/t1"}],
        "payload": [{"contentString": "<p>Hello</p><p>My knee hurts</p>"}]})
}

#[test]
fn a_message_keeps_its_thread_and_its_text() {
    let parsed = bundle(json!([message()]));
    let Ok(Item::Message(m)) = &parsed[0].item else {
        panic!("{parsed:?}")
    };
    assert_eq!(m.thread_id.as_deref(), Some("t1"));
    assert_eq!(m.sender_role, SenderRole::Patient);
    assert_eq!(m.body, "Hello\n\nMy knee hurts");
}

#[test]
fn full_urls_are_resolved() {
    let text = json!({"resourceType": "Bundle", "entry": [
        {"fullUrl": "urn:uuid:aaa", "resource": {"resourceType": "Patient", "id": "p9", "name": [{"family": "Ruiz", "given": ["Ana"]}]}},
        {"resource": {"resourceType": "Condition", "id": "c1", "subject": {"reference": "urn:uuid:aaa"}, "code": {"text": "Asthma"}}}
    ]});
    let parsed = read("b.json", text.to_string().as_bytes(), now()).expect("a bundle");
    let Ok(Item::Entry(e)) = &parsed[1].item else {
        panic!("{parsed:?}")
    };
    assert_eq!(
        (e.patient_id.as_str(), e.text.as_str(), e.heading),
        ("p9", "Asthma", Heading::Problems)
    );
}

#[test]
fn another_patients_message_in_this_chart_is_refused() {
    let mut m = message();
    m["sender"]["reference"] = json!("Patient/p2");
    let parsed = bundle(json!([m]));
    assert!(
        parsed[0]
            .item
            .as_ref()
            .is_err_and(|e| e.contains("another patient")),
        "{parsed:?}"
    );
}

#[test]
fn what_is_wrong_is_refused_by_itself_with_its_place() {
    let mut late = message();
    late["sent"] = json!("2100-01-01T00:00:00Z");
    let mut empty = message();
    empty["payload"] = json!([{"contentString": "  "}]);
    let parsed = bundle(json!([late, empty, {"resourceType": "Foo", "id": "x"}, 7, message()]));
    let refused: Vec<bool> = parsed.iter().map(|p| p.item.is_err()).collect();
    assert_eq!(refused, [true, true, true, true, false]);
    assert_eq!(parsed[2].place, "/entry/2/resource");
}

#[test]
fn drafts_and_errors_of_other_systems_are_not_messages() {
    for (field, value) in [("status", "preparation"), ("status", "entered-in-error")] {
        let mut m = message();
        m[field] = json!(value);
        assert!(bundle(json!([m]))[0].item.is_err());
    }
    let mut m = message();
    m["sender"]["reference"] = json!("Device/d1");
    assert!(bundle(json!([m]))[0].item.is_err());
}

#[test]
fn blood_pressure_and_doses_read_as_people_write_them() {
    let parsed = bundle(json!([
        {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/p"}, "code": {"text": "Blood pressure"},
         "effectiveDateTime": "2026-10-01T08:00:00Z",
         "component": [{"code": {"text": "systolic"}, "valueQuantity": {"value": 142.04999, "unit": "mm[Hg]"}},
                       {"code": {"text": "diastolic"}, "valueQuantity": {"value": 91, "unit": "mm[Hg]"}}]},
        {"resourceType": "MedicationRequest", "id": "r", "status": "active", "subject": {"reference": "Patient/p"},
         "medicationCodeableConcept": {"text": "Metformin 500 mg tablet"},
         "dosageInstruction": [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}]}
    ]));
    let texts: Vec<&str> = parsed
        .iter()
        .map(|p| match &p.item {
            Ok(Item::Entry(e)) => e.text.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        texts,
        [
            "Blood pressure: systolic 142.05 mmHg, diastolic 91 mmHg",
            "Metformin 500 mg tablet, 1 tablet, 2 times a day"
        ]
    );
}

#[test]
fn a_broken_file_is_refused_with_its_place() {
    let e = read(
        "b.json",
        b"{\"resourceType\": \"Bundle\",\n \"entry\": [}",
        now(),
    )
    .expect_err("refused");
    assert_eq!(e.code, Code::Malformed);
    assert!(e.place.is_some_and(|p| p.starts_with("line 2")));
    assert_eq!(
        read("b.json", b"{}", now()).expect_err("refused").code,
        Code::UnknownFormat
    );
    assert_eq!(
        read("b.pdf", b"%PDF", now()).expect_err("refused").code,
        Code::UnknownFormat
    );
    assert_eq!(
        read("b.csv", b"\xff\xfe", now()).expect_err("refused").code,
        Code::Malformed
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        read("b.json", deep.as_bytes(), now())
            .expect_err("refused")
            .code,
        Code::Malformed
    );
}

const CSV: &str = "message_id,thread_id,patient_id,sent_at,sender_role,recipient_pool,subject,body,previous_message_id\n\
    m1,,p1,2026-11-20T09:00:00Z,patient,Pool A,Knee,\"It hurts,\nstill\",\n\
    m2,,p1,not a date,patient,,,Hello,m1\n\
    m3,,p1\n\
    m4,,p1,2026-11-20T10:00:00Z,provider,,,Rest,m1\n";

#[test]
fn csv_lines_stand_or_fall_alone() {
    let parsed = read("x.csv", CSV.as_bytes(), now()).expect("csv");
    assert_eq!(parsed.len(), 4);
    assert!(matches!(&parsed[0].item, Ok(Item::Message(m)) if m.body == "It hurts,\nstill"));
    assert!(parsed[1].item.is_err() && parsed[2].item.is_err());
    assert_eq!(parsed[1].place, "line 4");
    assert!(
        matches!(&parsed[3].item, Ok(Item::Message(m)) if m.previous_id.as_deref() == Some("m1"))
    );
}

#[test]
fn csv_without_a_needed_column_is_refused_by_name() {
    let e = read("x.csv", b"message_id,body\nm1,hi\n", now()).expect_err("refused");
    assert!(e.message.contains("patient_id"), "{e}");
}

#[test]
fn jsonl_lines_stand_or_fall_alone() {
    let text = "{\"message_id\":\"a\",\"patient_id\":\"p\",\"sent_at\":\"2026-11-20T09:00:00Z\",\"sender_role\":\"patient\",\"body\":\"hi\"}\nnot json\n";
    let parsed = read("x.jsonl", text.as_bytes(), now()).expect("jsonl");
    assert!(parsed[0].item.is_ok() && parsed[1].item.is_err());
    assert_eq!(parsed[1].place, "line 2");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), ending in "(json|ndjson|jsonl|csv)") {
        let _ = read(&format!("x.{ending}"), &bytes, now());
    }

    #[test]
    fn every_line_of_a_flat_file_is_answered_for(bodies in proptest::collection::vec("[ -~]{0,40}", 0..20)) {
        let mut text = String::from("message_id,patient_id,sent_at,sender_role,body\n");
        for (i, b) in bodies.iter().enumerate() {
            text.push_str(&format!("m{i},p,2026-11-20T09:00:00Z,patient,\"{}\"\n", b.replace('"', "\"\"")));
        }
        let parsed = read("x.csv", text.as_bytes(), now()).expect("csv");
        proptest::prop_assert_eq!(parsed.len(), bodies.len());
        for (p, b) in parsed.iter().zip(&bodies) {
            proptest::prop_assert_eq!(p.item.is_err(), crate::html::to_text(b).is_empty());
        }
    }
}

#[test]
fn an_id_a_name_or_a_subject_beyond_all_bounds_is_refused_with_its_place() {
    let long = "x".repeat(2000);
    let lines = format!(
        "message_id,patient_id,sent_at,sender_role,subject,body\n\
         m1,p1,2026-11-20T09:00:00Z,patient,Knee,It hurts\n\
         {long},p1,2026-11-20T09:00:00Z,patient,Knee,It hurts\n\
         m3,{long},2026-11-20T09:00:00Z,patient,Knee,It hurts\n\
         m4,p1,2026-11-20T09:00:00Z,patient,{long},It hurts\n"
    );
    let now = "2026-11-22T12:00:00Z".parse().expect("a time");
    let parsed = read("in.csv", lines.as_bytes(), now).expect("the file is read");
    let refused: Vec<&Parsed> = parsed.iter().filter(|p| p.item.is_err()).collect();
    assert!(refused.len() >= 3, "{}", refused.len());
    assert!(refused.iter().all(|p| !p.place.is_empty()));
    assert!(parsed.iter().any(|p| p.id == "m1" && p.item.is_ok()));
}

#[test]
fn a_file_with_more_records_than_are_read_is_refused_before_they_are_parsed() {
    let most = super::MAX_RECORDS;
    for (name, text) in [
        (
            "in.csv",
            format!(
                "message_id,patient_id,sent_at,sender_role,body\n{}",
                "a,b,c,d,e\n".repeat(most + 1)
            ),
        ),
        ("in.jsonl", "{}\n".repeat(most + 1)),
        ("in.ndjson", "{}\n".repeat(most + 1)),
        (
            "in.json",
            format!(
                r#"{{"resourceType": "Bundle", "entry": [{}0]}}"#,
                "0,".repeat(most)
            ),
        ),
    ] {
        let f = read(name, text.as_bytes(), now()).expect_err(name);
        assert_eq!(f.code, Code::Malformed, "{name}");
        assert!(f.message.contains("smaller parts"), "{name}: {}", f.message);
    }
    let just = "{}\n".repeat(most);
    assert_eq!(
        read("in.jsonl", just.as_bytes(), now())
            .expect("read")
            .len(),
        most
    );
}
