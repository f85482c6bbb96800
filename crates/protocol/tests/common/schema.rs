//! A reader of the `.proto` files and a decoder that knows only them and protobuf's wire rules: a second
//! opinion on every message. It reads as much of the language as these files use.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub number: u32,
    pub name: String,
    /// A scalar's name, or a message's.
    pub kind: String,
    /// "", "optional" or "repeated".
    pub label: String,
}

#[derive(Debug, Default)]
pub struct Schema {
    pub messages: BTreeMap<String, Vec<Field>>,
    /// Kind's number, its name in the enum and its payload's message, in the order of the file.
    pub kinds: Vec<(u32, String, String)>,
}

impl Schema {
    pub fn read(text: &str) -> Schema {
        let mut schema = Schema::default();
        let mut open: Option<String> = None;
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            if let Some(name) = line.strip_prefix("message ") {
                let name = name.trim_end_matches(" {").to_owned();
                schema.messages.insert(name.clone(), Vec::new());
                open = Some(name);
            } else if line == "}" {
                open = None;
            } else if let Some(message) = &open {
                schema.messages.get_mut(message).unwrap().push(field(line));
            } else if let Some(rest) = line.strip_prefix("KIND_") {
                let (declared, payload) = rest.split_once(';').unwrap();
                let (name, number) = declared.split_once(" = ").unwrap();
                let payload = payload.trim().trim_start_matches("// ").to_owned();
                schema.kinds.push((number.parse().unwrap(), name.to_lowercase(), payload));
            }
        }
        schema
    }

    /// Header and payload of an entry's bytes as JSON: bytes and fixed64 in hex, what is not there left
    /// out. A field that the schema does not have, or of another wire type, is an error.
    pub fn entry(&self, bytes: &[u8]) -> Result<Value, String> {
        let mut body = self.message("Body", bytes)?;
        let kind = body["header"]["kind"].as_u64().unwrap_or(0);
        let known = self.kinds.iter().find(|(number, _, _)| u64::from(*number) == kind);
        let (_, _, message) = known.ok_or("no such kind")?;
        let payload: Vec<u8> = match body.get("payload") {
            Some(hex) => unhex(hex.as_str().unwrap()),
            None => Vec::new(),
        };
        body["payload"] = self.message(message, &payload)?;
        Ok(body)
    }

    pub fn message(&self, name: &str, bytes: &[u8]) -> Result<Value, String> {
        let fields = self.messages.get(name).ok_or(format!("no message {name}"))?;
        let mut wire = Wire(bytes);
        let mut read: Map<String, Value> = Map::new();
        while !wire.0.is_empty() {
            let key = wire.varint()?;
            let (number, wire_type) = ((key >> 3) as u32, key & 7);
            let field = fields.iter().find(|f| f.number == number);
            let field = field.ok_or(format!("{name} has no field {number}"))?;
            let at = format!("{name}.{}", field.name);
            if field.label != "repeated" {
                let value = self.value(field, &mut wire, wire_type)?.ok_or(at.clone())?;
                if read.insert(field.name.clone(), value).is_some() {
                    return Err(format!("{at} twice"));
                }
                continue;
            }
            let list = read.entry(field.name.clone()).or_insert_with(|| json!([]));
            let list = list.as_array_mut().unwrap();
            if wire_type == 2 && is_number(&field.kind) {
                let mut packed = Wire(wire.bytes()?);
                while !packed.0.is_empty() {
                    list.push(self.value(field, &mut packed, own_wire_type(field))?.ok_or(&at)?);
                }
            } else {
                list.push(self.value(field, &mut wire, wire_type)?.ok_or(&at)?);
            }
        }
        Ok(Value::Object(read))
    }

    /// `None`: the wire type is not the field's.
    fn value(
        &self,
        field: &Field,
        wire: &mut Wire<'_>,
        wire_type: u64,
    ) -> Result<Option<Value>, String> {
        if wire_type != own_wire_type(field) {
            return Ok(None);
        }
        Ok(Some(match field.kind.as_str() {
            "uint32" => json!(u32::try_from(wire.varint()?).map_err(|e| e.to_string())?),
            "uint64" => json!(wire.varint()?),
            "sint32" | "sint64" => {
                let zigzag = wire.varint()?;
                json!((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
            }
            "bool" => json!(wire.varint()? == 1),
            "fixed64" => json!(format!("{:016x}", wire.fixed64()?)),
            "string" => json!(std::str::from_utf8(wire.bytes()?).map_err(|e| e.to_string())?),
            "bytes" => json!(super::files::hex(wire.bytes()?)),
            message => self.message(message, wire.bytes()?)?,
        }))
    }
}

fn field(line: &str) -> Field {
    let words: Vec<&str> = line.trim_end_matches(';').split_whitespace().collect();
    let (label, rest) = match words.as_slice() {
        ["optional", rest @ ..] => ("optional", rest),
        ["repeated", rest @ ..] => ("repeated", rest),
        rest => ("", rest),
    };
    let [kind, name, "=", number] = rest else { panic!("{line}") };
    Field {
        number: number.parse().unwrap(),
        name: (*name).to_owned(),
        kind: (*kind).to_owned(),
        label: label.to_owned(),
    }
}

fn is_number(kind: &str) -> bool {
    ["uint32", "uint64", "sint32", "sint64", "bool", "fixed64"].contains(&kind)
}

/// 0 varint, 1 eight bytes, 2 length and bytes.
fn own_wire_type(field: &Field) -> u64 {
    match field.kind.as_str() {
        "fixed64" => 1,
        kind if is_number(kind) => 0,
        _ => 2,
    }
}

struct Wire<'a>(&'a [u8]);

impl<'a> Wire<'a> {
    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let (first, rest) = self.0.split_first().ok_or("ends in a varint")?;
            self.0 = rest;
            value |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a varint of more than ten bytes".into())
    }

    fn fixed64(&mut self) -> Result<u64, String> {
        let (first, rest) = self.0.split_first_chunk().ok_or("ends in eight bytes")?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*first))
    }

    fn bytes(&mut self) -> Result<&'a [u8], String> {
        let length = self.varint()? as usize;
        let (first, rest) = self.0.split_at_checked(length).ok_or("ends in bytes")?;
        self.0 = rest;
        Ok(first)
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}
