//! Which instructions there are, and which are used.

/// Which instructions the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// AVX-512 with VNNI.
    Avx512,
    /// AVX2 with AVX-VNNI.
    AvxVnni,
    /// AVX2 with FMA and F16C.
    Avx2,
    /// NEON with dot products (64-bit ARM).
    Neon,
    /// No special instructions.
    Portable,
}

impl Tier {
    /// From the best to the plainest.
    pub const ALL: [Self; 5] = [
        Self::Avx512,
        Self::AvxVnni,
        Self::Avx2,
        Self::Neon,
        Self::Portable,
    ];

    /// The name, as given on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512-vnni",
            Self::AvxVnni => "avx-vnni",
            Self::Avx2 => "avx2",
            Self::Neon => "neon",
            Self::Portable => "portable",
        }
    }

    /// The tier of a name, if this processor has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name && t.here())
    }

    /// The best tier of this processor.
    pub fn best() -> Self {
        Self::ALL
            .into_iter()
            .find(|t| t.here())
            .unwrap_or(Self::Portable)
    }

    /// Whether this processor has it.
    pub fn here(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            match self {
                Self::Avx512 => {
                    avx2 && is_x86_feature_detected!("avx512f")
                        && is_x86_feature_detected!("avx512bw")
                        && is_x86_feature_detected!("avx512vl")
                        && is_x86_feature_detected!("avx512vnni")
                }
                Self::AvxVnni => avx2 && is_x86_feature_detected!("avxvnni"),
                Self::Avx2 => avx2,
                Self::Neon => false,
                Self::Portable => true,
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            match self {
                Self::Neon => std::arch::is_aarch64_feature_detected!("dotprod"),
                Self::Portable => true,
                _ => false,
            }
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        {
            self == Self::Portable
        }
    }
}
