/// A login status as JSON, for programs: the module login_info and `regvault status --json` answer the same.
///
///     put_status(answer, login_status(request, account));
///     // {"logins": [{"engine": "podman", "registry": "ghcr.io", …}], "auth_files": [{"path": …}]}
///
/// Bytes that are not UTF-8 (a path may be any) become "?".
#pragma once

#include <regvault/json/document.hpp>
#include <regvault/registry/login_status.hpp>

namespace regvault {

void put_status(json::Object& answer, const LoginStatus& status);

}  // namespace regvault
