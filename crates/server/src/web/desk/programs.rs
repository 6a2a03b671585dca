pub fn curl(_: &str, _: &str) -> String {
    todo!()
}
