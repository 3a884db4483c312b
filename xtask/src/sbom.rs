//! The parts of the program as a CycloneDX 1.6 bill of materials, from cargo's
//! own metadata and the lockfile's checksums. Built the same twice: no time, no random number.

use crate::step::{cargo, root, say, target};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

/// `--out FILE`, or `countersign.cdx.json` in the target folder.
pub(crate) fn sbom(args: &[&str]) -> Result<()> {
    let out = args
        .iter()
        .position(|a| *a == "--out")
        .and_then(|i| args.get(i + 1))
        .map_or_else(|| target().join("countersign.cdx.json"), PathBuf::from);
    let metadata = cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()?;
    let metadata: Value = serde_json::from_slice(&metadata.stdout).context("cargo metadata")?;
    let checksums = checksums()?;
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
    let own: HashSet<String> = metadata["workspace_members"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    let mut components = BTreeMap::new();
    let mut references = BTreeMap::new();
    for p in metadata["packages"].as_array().into_iter().flatten() {
        let (name, version, id) = (text(p, "name"), text(p, "version"), text(p, "id"));
        let purl = format!("pkg:cargo/{name}@{version}");
        references.insert(id.clone(), purl.clone());
        let mut c = json!({
            "type": if own.contains(&id) { "application" } else { "library" },
            "bom-ref": purl, "name": name, "version": version, "purl": purl,
        });
        if let Some(licence) = p["license"].as_str() {
            c["licenses"] = json!([{"expression": licence.replace('/', " OR ")}]);
        }
        if let Some(sum) = checksums.get(&(name, version)) {
            c["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
        }
        components.insert(purl, c);
    }
    let dependencies: Vec<Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|n| {
            let on: Vec<&String> = n["dependencies"]
                .as_array()?
                .iter()
                .filter_map(|d| references.get(d.as_str()?))
                .collect();
            Some(json!({"ref": references.get(n["id"].as_str()?)?, "dependsOn": on}))
        })
        .collect();
    let count = components.len();
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "name": "countersign", "bom-ref": "countersign"}},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    std::fs::write(&out, serde_json::to_vec_pretty(&bom)?)?;
    say(&format!("{count} parts are named in {}", out.display()));
    Ok(())
}

/// Checksums of the lockfile by name and version.
fn checksums() -> Result<BTreeMap<(String, String), String>> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))?;
    let mut all = BTreeMap::new();
    let (mut name, mut version) = (String::new(), String::new());
    for line in lock.lines() {
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        let value = value.trim_matches('"').to_owned();
        match key {
            "name" => name = value,
            "version" => version = value,
            "checksum" => {
                all.insert((name.clone(), version.clone()), value);
            }
            _ => {}
        }
    }
    Ok(all)
}
