//! Benefits: what a purchase includes (lifecycle.md F.1).

crate::words! {
    /// What kind of thing is given.
    pub enum BenefitType {
        /// A note.
        Custom = "custom",
        /// A Discord role.
        Discord = "discord",
        /// A GitHub repository.
        GithubRepository = "github_repository",
        /// Files.
        Downloadables = "downloadables",
        /// License keys.
        LicenseKeys = "license_keys",
        /// Credits on a meter.
        MeterCredit = "meter_credit",
        /// A switch in the merchant's product.
        FeatureFlag = "feature_flag",
        /// A Slack channel.
        SlackSharedChannel = "slack_shared_channel",
    }
}

crate::words! {
    /// Who sees a benefit.
    pub enum BenefitVisibility {
        /// Buyers too.
        Public = "public",
        /// The merchant.
        Private = "private",
    }
}
