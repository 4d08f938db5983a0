#include <regvault/kubernetes/kustomize.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::kubernetes {
namespace {

/// The names that kustomize looks for.
constexpr const char* kNames[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

bool makes(const std::string& bytes, const std::string& path, const std::string& secret) {
  const yaml::Document document = yaml::Document::parse(bytes, path);
  const std::optional<yaml::View> root = document.root();
  if (!root) return false;
  for (const yaml::View::Entry& part : root->entries()) {
    if (part.key.text() != "secretGenerator") continue;
    for (const yaml::View& generator : part.value.items()) {
      for (const yaml::View::Entry& entry : generator.entries()) {
        if (entry.key.text() == "name" && entry.value.text() == secret) return true;
      }
    }
  }
  return false;
}

/// False: there is one.
bool write_if_missing(const std::string& path, std::string_view bytes, const WarningSink& warn) {
  FileUpdate update = FileUpdate::begin_or_create(path, 0666);
  if (update.exists()) return false;
  update.commit(bytes, warn);
  return true;
}

/// A symlink may lead to a file that others read, or that git takes.
void refuse_symlink(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::is_symlink(path, unknown)) return;
  throw Error(ErrorCode::unsupported, in_quotes(path) + " is a symlink: the token would be written elsewhere",
              "remove it, or choose another directory", {}, "symlink");
}

/// One that is there is the user's: it stays.
void keep_from_git(const std::string& directory, const WarningSink& warn) {
  const std::string path = directory + "/.gitignore";
  if (write_if_missing(path, "/config.json\n", warn)) return;
  const std::string text = read_file(path);
  const bool named = std::ranges::any_of(split(text, '\n'), [](std::string_view line) {
    line = stripped(line);
    return line == "/config.json" || line == "config.json" || line == "*";
  });
  if (!named) warn(in_quotes(path) + " does not name config.json: see that it is not committed");
}

}  // namespace

std::string secret_generator(const std::string& name, const std::string& name_space) {
  check_name(name, "secret");
  if (!name_space.empty()) check_namespace(name_space);
  std::string out = "secretGenerator:\n- name: " + yaml_name(name) + "\n";
  if (!name_space.empty()) out += "  namespace: " + yaml_name(name_space) + "\n";
  return out +
         "  type: kubernetes.io/dockerconfigjson\n"
         "  files:\n"
         "  - .dockerconfigjson=config.json\n"
         "  options:\n"
         "    disableNameSuffixHash: true\n";
}

std::string kustomization(const std::string& name, const std::string& name_space) {
  return "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n" + secret_generator(name, name_space);
}

Kustomized write_kustomization(const std::string& directory, const std::string& name, const std::string& name_space,
                               std::string_view config, const WarningSink& warn) {
  const std::string text = kustomization(name, name_space);
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) fail_with_errno("make", in_quotes(directory), failed.value());
  Kustomized done{.config = directory + "/config.json", .file = directory + "/" + kNames[0]};
  refuse_symlink(done.config);
  keep_from_git(directory, warn);
  FileUpdate update = FileUpdate::begin_or_create(done.config, 0600);
  update.set_mode(0600);
  update.commit(config, warn);
  for (const char* candidate : kNames) {
    const std::string path = directory + "/" + candidate;
    if (!std::filesystem::exists(path, failed)) continue;
    done.file = path;
    done.names_secret = makes(read_file(path), path, name);
    return done;
  }
  done.made = write_if_missing(done.file, text, warn);
  return done;
}

}  // namespace regvault::kubernetes
