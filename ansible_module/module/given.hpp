/// A task's arguments as given, by their names: aliases resolved, types converted, mistakes collected.
///
///     constexpr std::array kOptions{Option{"path"}, Option{"tls_verify", {"tlsverify"}}};
///     Given given(document.root().get_object(), kOptions);     // notes unknown names: did you mean …?
///     std::string path = given.text("path").value_or("");
///     given.refuse_mistakes("regvault.registry.login");        // throws, naming all of them
///
/// Ansible passes what YAML made of the task: `tls_verify=no` is the string "no", a port a number. So a text may come
/// as a number, a boolean as one of YAML's words, a list as "podman,docker". null is "not given". Keys that begin with
/// `_ansible_` are Ansible's own; the ones we do not know are left alone.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::module {

struct Option {
  std::string_view name;
  std::array<std::string_view, 2> aliases = {};  ///< the names peers give it
};

class Given {
 public:
  Given(const json::Object& arguments, std::span<const Option> options);

  /// An item of a list of tasks in one: what it does not say itself, the whole task's `defaults` say, but for the names
  /// in `not_inherited`.
  Given(const json::Object& item, std::span<const Option> options, const Given& defaults,
        std::span<const std::string_view> not_inherited);

  bool has(std::string_view name) const { return find(name) != nullptr; }  ///< as a right value or a wrong one

  // nullopt: not given, or a mistake, which is noted.
  std::optional<std::string> text(std::string_view name);
  std::optional<SecretBytes> secret(
      std::string_view name);  ///< not from a fraction or boolean: YAML may have changed it
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::size_t> number(std::string_view name, std::size_t at_least, std::size_t at_most);
  std::optional<std::chrono::seconds> seconds(std::string_view name, std::chrono::seconds at_most);
  std::optional<std::vector<std::string>> list(std::string_view name);
  std::optional<std::vector<const json::Object*>> objects(std::string_view name);

  /// The position of the given text in `choices`.
  std::optional<std::size_t> choice(std::string_view name, std::span<const std::string_view> choices);

  void mistake(std::string text) { mistakes_.push_back(std::move(text)); }
  void take_mistakes(const Given& item, const std::string& where);  ///< "registries[2]: …"

  /// Throws Error(usage), all mistakes in one message, if there are any.
  void refuse_mistakes(std::string_view module) const;

 private:
  const json::Value* find(std::string_view name) const;
  void mistake_of_type(std::string_view name, std::string_view wanted, const json::Value& value);

  struct Argument {
    std::string_view name;
    const json::Value* value;
  };
  std::vector<Argument> arguments_;
  std::vector<std::string> mistakes_;
};

/// Whether Ansible's own key (`_ansible_check_mode`, …) is there and true.
bool is_on(const json::Object& arguments, std::string_view name);

/// `"presnt": did you mean "present"?`, or with nothing near: `"foo", not one of present, absent`.
std::string not_one_of(std::string_view text, std::span<const std::string_view> choices);

}  // namespace regvault::module
