//! The drafter's own walls. It reads a file that somebody else made, so it gives
//! up, before the first byte of it, whatever drafting does not need: other files,
//! every network, starting programs, more memory than the model can need, and a
//! core dump that would hold a patient's words.
//!
//! On Linux these are Landlock, seccomp and resource limits. On macOS and Windows
//! there is the process border alone; `SECURITY.md` says so.

use std::path::Path;

/// What could be put up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walls {
    /// No file but the model and what was made from it; no TCP.
    pub files: bool,
    /// No socket, no other program, no look into other processes.
    pub calls: bool,
}

/// Puts up what the system offers for the calling thread and those it starts.
/// What it does not offer is said in the answer and in the log.
pub fn confine(model: &Path) -> Walls {
    let walls = Walls {
        files: linux::files(model),
        calls: linux::calls(),
    };
    if !(walls.files && walls.calls) {
        tracing::warn!(
            files = walls.files,
            calls = walls.calls,
            "this system confines the drafter in part only"
        );
    }
    walls
}

/// Limits memory and file size of the whole process by its model, and forbids core dumps.
pub fn limit(model: &Path) -> bool {
    let bytes = std::fs::metadata(model).map_or(0, |m| m.len());
    linux::limits(bytes)
}

#[cfg(target_os = "linux")]
mod linux {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, PathBeneath, PathFd, Ruleset, RulesetAttr,
        RulesetCreatedAttr, RulesetStatus, Scope,
    };
    use rustix::process::{Resource, Rlimit, setrlimit};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    use std::path::Path;

    /// Beyond twice the model: activations, the KV cache of sixteen drafts, the tokenizer.
    const SPARE: u64 = 3 << 30;

    pub(super) fn files(model: &Path) -> bool {
        let abi = ABI::V6;
        let walls = || -> Result<RulesetStatus, Box<dyn std::error::Error>> {
            // Packed weights and the computed prefix lie in a folder of this model alone. Where it cannot be made, such as on
            // a disk that is read only, there is nothing to write.
            let made = drafting::engine::made_folder(model);
            let _ = std::fs::create_dir(&made);
            let mut rules = Ruleset::default()
                .handle_access(AccessFs::from_all(abi))?
                .handle_access(AccessNet::from_all(abi))?
                .scope(Scope::from_all(abi))?
                .create()?
                .add_rule(PathBeneath::new(PathFd::new(model)?, AccessFs::ReadFile))?;
            if let Ok(made) = PathFd::new(&made) {
                rules = rules.add_rule(PathBeneath::new(
                    made,
                    AccessFs::ReadFile
                        | AccessFs::ReadDir
                        | AccessFs::WriteFile
                        | AccessFs::Truncate
                        | AccessFs::MakeReg
                        | AccessFs::RemoveFile,
                ))?;
            }
            Ok(rules.restrict_self()?.ruleset)
        };
        matches!(
            walls(),
            Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced)
        )
    }

    pub(super) fn calls() -> bool {
        let refused = [
            // Networks, of every family.
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept,
            libc::SYS_accept4,
            // Other programs and processes.
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_getfd,
            libc::SYS_kill,
            libc::SYS_tkill,
            // Ways around these walls.
            libc::SYS_io_uring_setup,
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_mount,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_init_module,
            libc::SYS_finit_module,
        ];
        let filter = || -> Result<(), Box<dyn std::error::Error>> {
            let program: BpfProgram = SeccompFilter::new(
                refused.into_iter().map(|call| (call, Vec::new())).collect(),
                SeccompAction::Allow,
                SeccompAction::Errno(libc::EPERM.unsigned_abs()),
                std::env::consts::ARCH.try_into()?,
            )?
            .try_into()?;
            seccompiler::apply_filter(&program)?;
            Ok(())
        };
        filter().is_ok()
    }

    pub(super) fn limits(model_bytes: u64) -> bool {
        let set = |what, most: u64| {
            setrlimit(
                what,
                Rlimit {
                    current: Some(most),
                    maximum: Some(most),
                },
            )
            .is_ok()
        };
        let most = model_bytes.saturating_mul(2).saturating_add(SPARE);
        // Mapped files do not count as data; what is allocated does.
        set(Resource::Data, most) & set(Resource::Fsize, most) & set(Resource::Core, 0)
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use std::path::Path;

    pub(super) fn files(_: &Path) -> bool {
        false
    }
    pub(super) fn calls() -> bool {
        false
    }
    pub(super) fn limits(_: u64) -> bool {
        false
    }
}
