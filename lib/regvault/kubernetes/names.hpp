/// Names as the Kubernetes API takes them, and as kubectl prints them in YAML.
///
///     check_name("ghcr-credentials", "secret");            // throws Error(usage) for "GHCR_credentials"
///     yaml_name("on") == "\"on\"";                         // a name that YAML reads as something else
///
/// `kubectl create --dry-run=client` checks neither; the API would, later. Source: k8s.io/apimachinery
/// pkg/util/validation; sigs.k8s.io/yaml goyaml.v2 (resolve.go), compared with kubectl 1.32.
#pragma once

#include <string>
#include <string_view>

namespace regvault::kubernetes {

/// A DNS-1123 subdomain: lower case letters, digits, "-" and ".", at most 253; letters or digits at both ends of each
/// part. Throws Error(usage), which names `what` it is ("secret").
void check_name(std::string_view name, std::string_view what);

/// A DNS-1123 label: the same without ".", at most 63.
void check_namespace(std::string_view name);

/// A name that was checked, as kubectl's YAML has it: in double quotes where YAML 1.1 would read no string.
std::string yaml_name(std::string_view name);

}  // namespace regvault::kubernetes
