#include <regvault/diagnosis/stored_entry.hpp>

#include <regvault/base/error.hpp>
#include <regvault/json/document.hpp>
#include <regvault/system/file.hpp>

namespace regvault::diagnosis {

SecretBytes stored_auth(const std::string& path, const std::string& key) {
  try {
    SecretBytes bytes = read_secret_file(path, kAuthFileAtMost);
    json::Document document = json::Document::parse(bytes.view(), path);
    const json::Value* value = &document.root();
    auto enter = [&value](std::string_view name) {
      const json::Object* object = value != nullptr ? value->if_object() : nullptr;
      value = object != nullptr ? object->if_contains(name) : nullptr;
    };
    if (const json::Object* root = value->if_object(); root != nullptr && root->contains("auths")) enter("auths");
    enter(key);
    enter("auth");
    return value != nullptr && value->is_string() ? SecretBytes::copy_of(value->get_string()) : SecretBytes();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace regvault::diagnosis
