//! The part of JSON Schema (draft 2020-12) that the catalogue's schemas use. A keyword that is not
//! known here is a problem, so that no schema promises what nobody checks.

use serde_json::Value as Json;

const NOTES: [&str; 5] = ["$schema", "$id", "$defs", "title", "description"];

/// What is wrong with `value`, by path. Empty when it is true to the schema.
pub fn problems(schema: &Json, value: &Json) -> Vec<String> {
    let mut problems = Vec::new();
    check(schema, schema, value, "$", &mut problems);
    problems
}

fn check(root: &Json, schema: &Json, value: &Json, path: &str, problems: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        problems.push(format!("{path}: the schema is no object"));
        return;
    };
    for (keyword, wanted) in keywords {
        let holds = match keyword.as_str() {
            note if NOTES.contains(&note) => true,
            "$ref" => {
                let name = wanted.as_str().and_then(|text| text.strip_prefix("#/$defs/"));
                let definition = name.and_then(|name| root["$defs"].get(name));
                definition.is_some_and(|definition| {
                    check(root, definition, value, path, problems);
                    true
                })
            }
            "type" => is_of_type(wanted, value),
            "const" => wanted == value,
            "enum" => wanted.as_array().is_some_and(|all| all.contains(value)),
            "minLength" => value
                .as_str()
                .is_none_or(|text| u64::try_from(text.chars().count()).ok() >= wanted.as_u64()),
            "minimum" => value.as_i64().is_none_or(|number| Some(number) >= wanted.as_i64()),
            "maximum" => value.as_i64().is_none_or(|number| wanted.as_i64() >= Some(number)),
            "minItems" => value
                .as_array()
                .is_none_or(|items| u64::try_from(items.len()).ok() >= wanted.as_u64()),
            "items" => {
                for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{path}[{at}]"), problems);
                }
                true
            }
            "required" => {
                let names = wanted.as_array().into_iter().flatten().filter_map(Json::as_str);
                names.into_iter().all(|name| value.get(name).is_some())
            }
            "properties" => {
                for (name, property) in wanted.as_object().into_iter().flatten() {
                    if let Some(inner) = value.get(name) {
                        check(root, property, inner, &format!("{path}.{name}"), problems);
                    }
                }
                true
            }
            "additionalProperties" => additional(root, schema, wanted, value, path, problems),
            "anyOf" => wanted.as_array().into_iter().flatten().any(|one| {
                let mut inner = Vec::new();
                check(root, one, value, path, &mut inner);
                inner.is_empty()
            }),
            _ => false,
        };
        if !holds {
            problems.push(format!("{path}: {keyword}"));
        }
    }
}

fn additional(
    root: &Json,
    schema: &Json,
    wanted: &Json,
    value: &Json,
    path: &str,
    problems: &mut Vec<String>,
) -> bool {
    let known = |name: &String| schema["properties"].get(name).is_some();
    let others = value.as_object().into_iter().flatten().filter(|(name, _)| !known(name));
    let mut none = true;
    for (name, inner) in others {
        match wanted {
            Json::Bool(false) => none = false,
            wanted => check(root, wanted, inner, &format!("{path}.{name}"), problems),
        }
    }
    none
}

fn is_of_type(wanted: &Json, value: &Json) -> bool {
    match wanted.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        _ => false,
    }
}
