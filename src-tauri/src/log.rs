//! Words for whoever looks after the program, on standard error.

/// Writes warnings there; the environment variable `COUNTERSIGN_LOG` may ask for more.
pub(crate) fn to_standard_error() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
}
