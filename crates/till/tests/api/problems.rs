//! Problems of a body by name: each property of each request, sent with a wrong type or beyond a bound, is told
//! at its place with the kind that the document's validators give it.

use serde_json::{Value, json};
use till_testkit::{Till, both};

const NOBODY: &str = "1dbfc517-0bbf-4301-9ba8-555ca42b9737";

/// Words that the published document writes out where they are used; the others have a name in it.
const LITERALS: [&str; 9] = [
    "allow_trial",
    "reason",
    "proration_behavior",
    "switching_from",
    "permission",
    "timeframe",
    "payment_processor",
    "revoke",
    "resume",
];

/// Objects that are dictionaries in the reference, not models; `properties` those of a custom field.
const DICTIONARIES: [&str; 10] = [
    "subscription_settings",
    "customer_email_settings",
    "customer_portal_settings",
    "checkout_settings",
    "usage",
    "metadata",
    "subscription",
    "customer",
    "properties",
    "options",
];

/// Types that are told at the place of their union, or judged by more than their own type.
const ELSEWHERE: [&str; 5] = ["type", "service", "amount_type", "func", "tax_settings"];

/// One wrong body.
struct Wrong {
    body: Value,
    /// The place at which the problem is told; tags of unions may stand in between.
    place: Vec<String>,
    kind: &'static str,
}

struct Walk<'a> {
    document: &'a Value,
    /// True where the objects named `properties` are dictionaries.
    custom_fields: bool,
    /// True where a role is one of those that a new member may have.
    new_member: bool,
    found: Vec<Wrong>,
}

impl Walk<'_> {
    fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => schema,
        }
    }

    fn note(
        &mut self,
        within: &dyn Fn(Value) -> Value,
        place: &[String],
        value: Value,
        kind: &'static str,
    ) {
        self.found.push(Wrong {
            body: within(value),
            place: place.to_vec(),
            kind,
        });
    }

    /// Notes the wrong bodies for a value of this schema; `within` puts a value in its place in the whole body.
    fn value(&mut self, schema: &Value, within: &dyn Fn(Value) -> Value, place: &[String]) {
        if place.len() > 6 {
            return;
        }
        let schema = self.resolved(schema).clone();
        let name = place
            .iter()
            .rev()
            .find(|step| step.parse::<usize>().is_err())
            .cloned()
            .unwrap_or_default();
        if let Some(shapes) = schema["oneOf"].as_array() {
            let objects: Vec<_> = shapes
                .iter()
                .map(|s| self.resolved(s).clone())
                .filter(|s| s["properties"].is_object())
                .collect();
            if !objects.is_empty() {
                self.object_kind(&name, within, place);
                for shape in &objects {
                    self.properties(shape, within, place);
                }
            }
            return;
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types
                .iter()
                .filter_map(Value::as_str)
                .filter(|t| *t != "null")
                .collect(),
            other => other.as_str().into_iter().collect(),
        };
        if schema["enum"].is_array() {
            // A change's own behavior is a word of an enum, the settings' one a literal.
            let of_change = name == "proration_behavior" && place.len() == 1;
            let of_member = self.new_member && name == "role";
            let kind = if of_member || LITERALS.contains(&name.as_str()) && !of_change {
                "literal_error"
            } else {
                "enum"
            };
            return self.note(within, place, json!("no such word"), kind);
        }
        match types.first().copied() {
            Some("string") => {
                let kind = match schema["format"].as_str() {
                    _ if name == "url" => "url_type",
                    Some("uuid") => "uuid_type",
                    Some("uri") => "url_type",
                    Some("date-time") => "datetime_type",
                    Some("ip" | "ipvanyaddress") => "ip_any_address",
                    _ => "string_type",
                };
                self.note(within, place, json!([]), kind);
            }
            Some("integer") => {
                self.note(within, place, json!([]), "int_type");
                self.note(within, place, json!(0.5), "int_from_float");
                for (bound, by, kind) in [
                    ("minimum", -1, "greater_than_equal"),
                    ("maximum", 1, "less_than_equal"),
                    ("exclusiveMinimum", 0, "greater_than"),
                ] {
                    if let Some(beyond) = schema[bound].as_i64().and_then(|n| n.checked_add(by)) {
                        self.note(within, place, json!(beyond), kind);
                    }
                }
            }
            Some("boolean") => self.note(within, place, json!([]), "bool_type"),
            Some("array") => {
                self.note(within, place, json!({}), "list_type");
                if schema["minItems"].as_u64() == Some(1) {
                    self.note(within, place, json!([]), "too_short");
                }
                let mut place = place.to_vec();
                place.push("0".to_owned());
                self.value(&schema["items"], &|item| within(json!([item])), &place);
            }
            Some("object") if schema["properties"].is_object() => {
                self.object_kind(&name, within, place);
                self.properties(&schema, within, place);
            }
            Some("object") if place.is_empty() => {}
            Some("object") if name == "properties" => {
                self.note(within, place, json!([]), "model_attributes_type");
            }
            Some("object") => self.note(within, place, json!([]), "dict_type"),
            _ => {}
        }
    }

    fn object_kind(&mut self, name: &str, within: &dyn Fn(Value) -> Value, place: &[String]) {
        let plain = DICTIONARIES.contains(&name)
            && (self.custom_fields || !["properties", "options"].contains(&name));
        let kind = if plain {
            "dict_type"
        } else {
            "model_attributes_type"
        };
        self.note(within, place, json!(5), kind);
    }

    fn properties(&mut self, schema: &Value, within: &dyn Fn(Value) -> Value, place: &[String]) {
        let properties = schema["properties"].as_object().unwrap();
        // What says which shape it is must be there for the rest to be read.
        let mut tags: Vec<(String, Value)> = properties
            .iter()
            .filter_map(|(name, one)| match one["enum"].as_array() {
                Some(words) if words.iter().filter(|w| !w.is_null()).count() == 1 => {
                    Some((name.clone(), words[0].clone()))
                }
                _ => None,
            })
            .collect();
        // So must what a shape is known by.
        for (name, one) in properties {
            let required = schema["required"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one == name.as_str()));
            match (
                required,
                one["format"].as_str(),
                one["items"]["format"].as_str(),
            ) {
                (true, Some("uuid"), _) => tags.push((name.clone(), json!(NOBODY))),
                (true, _, Some("uuid")) => tags.push((name.clone(), json!([NOBODY]))),
                _ => {}
            }
        }
        // A product's shape follows its interval: what only subscriptions have is read with one.
        let recurs = [
            "recurring_interval_count",
            "trial_interval",
            "trial_interval_count",
            "meter_interval",
            "meter_interval_count",
        ];
        let common = tags;
        for (name, property) in properties {
            if ELSEWHERE.contains(&name.as_str()) {
                continue;
            }
            let mut tags = common.clone();
            if recurs.contains(&name.as_str()) && properties.contains_key("recurring_interval") {
                tags.push(("recurring_interval".to_owned(), json!("month")));
            }
            let mut place = place.to_vec();
            place.push(name.clone());
            let around = |value: Value| {
                let mut object = json!({});
                for (tag, word) in &tags {
                    object[tag] = word.clone();
                }
                object[name] = value;
                within(object)
            };
            self.value(property, &around, &place);
        }
    }
}

/// True where the steps stand in the loc in this order, the last one at its end.
fn is_at(place: &[String], loc: &str) -> bool {
    if place.is_empty() {
        return true;
    }
    // Shapes of a union are told by the names of their schemas.
    let is_shape = |step: &&str| step.starts_with(|c: char| c.is_ascii_uppercase());
    let steps: Vec<&str> = loc
        .split('.')
        .skip(1)
        .filter(|step| !is_shape(step))
        .collect();
    let mut wanted = place.iter();
    let mut next = wanted.next();
    for step in &steps {
        if next.is_some_and(|one| one == step) {
            next = wanted.next();
        }
    }
    next.is_none() && steps.last().copied() == place.last().map(String::as_str)
}

async fn told(t: &Till, method: &str, path: &str, body: Value) -> Vec<(String, String)> {
    let answer = match method {
        "patch" => t.patch(path, body).await,
        _ => t.post(path, body).await,
    };
    let status = answer.status.as_u16();
    if status != 422 {
        return vec![(status.to_string(), String::new())];
    }
    let detail = answer.json()["detail"].as_array().unwrap().clone();
    let step = |step: &Value| {
        step.as_str()
            .map_or_else(|| step.to_string(), str::to_owned)
    };
    let place = |one: &Value| {
        one["loc"]
            .as_array()
            .unwrap()
            .iter()
            .map(step)
            .collect::<Vec<_>>()
            .join(".")
    };
    detail
        .iter()
        .map(|one| (one["type"].as_str().unwrap().to_owned(), place(one)))
        .collect()
}

both! {
    async fn a_problem_has_the_place_of_its_property_and_the_kind_of_its_schema(t: &mut Till) {
        let secret = t.checkout_for(&t.product().await).await["client_secret"].as_str().unwrap().to_owned();
        let viewer = t.viewer_of(&t.customer("viewer@example.com").await).await;
        let mut wrong = Vec::new();
        let mut count = 0;
        for (path, item) in t.document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else {
                    continue;
                };
                let of_portal = path.starts_with("/v1/customer-portal/");
                let mut walk = Walk {
                    document: t.document(),
                    custom_fields: path.contains("custom-fields"),
                    new_member: method == "post" && path.ends_with("/members") && !of_portal,
                    found: Vec::new(),
                };
                walk.value(schema, &|value| value, &[]);
                let address = path.replace("{client_secret}", &secret).replace("{id}", NOBODY)
                    .replace("{external_id}", "nobody").replace("{member_id}", NOBODY).replace("{member_external_id}", "nobody");
                let caller = if of_portal { &viewer } else { &*t };
                for case in walk.found {
                    count += 1;
                    let found = told(caller, method, &address, case.body.clone()).await;
                    let fits = |(kind, loc): &(String, String)| kind == case.kind && is_at(&case.place, loc);
                    if !found.iter().any(fits) {
                        wrong.push(format!("{method} {path} {}\n   wanted {} at {}, found {found:?}",
                            case.body, case.kind, case.place.join(".")));
                    }
                }
            }
        }
        assert!(count > 300, "{count}");
        assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
        t.may_leave_work();
        t.see_through().await;
    }
}
