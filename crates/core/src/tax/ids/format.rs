//! The names of the formats.

use std::{fmt, str::FromStr};

macro_rules! formats {
    ($($name:ident $word:literal,)+) => {
        /// A kind of tax id; its word is the published one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $(#[doc = concat!("`", $word, "`")] $name,)+
        }

        impl Format {
            /// All formats that a country is mapped to.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

formats! {
    AdNrt "ad_nrt", AeTrn "ae_trn", ArCuit "ar_cuit", AuAbn "au_abn", BhVat "bh_vat",
    BoTin "bo_tin", BrCnpj "br_cnpj", BrCpf "br_cpf", CaBn "ca_bn", CaGstHst "ca_gst_hst",
    ChUid "ch_uid", ChVat "ch_vat", ClTin "cl_tin", CnTin "cn_tin", CoNit "co_nit",
    CrTin "cr_tin", DoRcn "do_rcn", EcRuc "ec_ruc", EgTin "eg_tin", EuVat "eu_vat",
    GbVat "gb_vat", GeVat "ge_vat", HkBr "hk_br", IdNpwp "id_npwp", IlVat "il_vat",
    InGst "in_gst", IsVat "is_vat", JpCn "jp_cn", KePin "ke_pin", KrBrn "kr_brn",
    KzBin "kz_bin", LiUid "li_uid", MkVat "mk_vat", MuTan "mu_tan", MxRfc "mx_rfc",
    MyItn "my_itn", NgTin "ng_tin", NoVat "no_vat", NzGst "nz_gst", OmVat "om_vat",
    PeRuc "pe_ruc", PhTin "ph_tin", RsPib "rs_pib", RuInn "ru_inn", SaVat "sa_vat",
    SgUen "sg_uen", SvNit "sv_nit", ThVat "th_vat", TrTin "tr_tin", TwVat "tw_vat",
    UaVat "ua_vat", UsEin "us_ein", UyRuc "uy_ruc", VeRif "ve_rif", VnTin "vn_tin",
    ZaVat "za_vat",
}

/// The word is not the name of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known kind of tax id")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.as_str() == word)
            .ok_or(UnknownFormat)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
