//! Files (lifecycle.md H.2).

crate::words! {
    /// What a file is for.
    pub enum FileService {
        /// Given to buyers.
        Downloadable = "downloadable",
        /// Shown with a product.
        ProductMedia = "product_media",
        /// An organization's picture.
        OrganizationAvatar = "organization_avatar",
    }
}
