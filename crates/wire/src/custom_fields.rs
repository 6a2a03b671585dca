//! Custom fields (checkout.md 8).

crate::words! {
    /// What a custom field takes.
    pub enum CustomFieldType {
        /// Text.
        Text = "text",
        /// A whole number.
        Number = "number",
        /// A day or a moment.
        Date = "date",
        /// Yes or no.
        Checkbox = "checkbox",
        /// One of several.
        Select = "select",
    }
}
