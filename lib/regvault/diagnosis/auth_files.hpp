/// What is wrong with the stored logins of this user: every auth file the engines read is looked at, and every entry of
/// it decoded.
///
///     for (const Finding& found : examine_auth_files({.engines = {Engine::podman, Engine::docker}}, account))
///       … found.where        // "/root/.docker/config.json: ghcr.io"
///         found.evidence     // "the password ends in a line end"
///
/// Found are: base64 that is wrapped or damaged, without a colon, with a line end in the password; a token that was not
/// copied whole, or of a kind ghcr.io does not take; an empty entry that no helper is behind; a helper that is not
/// installed, or fails; a file that does not parse, cannot be read, or that others can read; a login that another one
/// is read before; one that a reboot forgets.
///
/// Nothing of a secret is in a finding; registries are not asked, helpers are (list and get).
#pragma once

#include <vector>

#include <regvault/diagnosis/finding.hpp>
#include <regvault/registry/login_status.hpp>

namespace regvault::diagnosis {

std::vector<Finding> examine_auth_files(const StatusRequest& request, const Account& account);

}  // namespace regvault::diagnosis
