#include <regvault/rotation/journal.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/system/file.hpp>

namespace regvault::rotation {
namespace {

using vault_file::Target;

[[noreturn]] void refuse_content(const std::string& path) {
  throw Error(ErrorCode::malformed, "this is no rotation's journal", {}, {.file = path}, "journal");
}

/// Through a symlink that somebody put there both tokens would go elsewhere, and stay there.
[[noreturn]] void refuse_file(const std::string& path) {
  throw Error(ErrorCode::unsupported, in_quotes(path) + " is no regular file", "a rotation's journal belongs there", {},
              "journal");
}

const json::String& text_of(const json::Object& object, std::string_view name, const std::string& path) {
  const json::Value* value = object.if_contains(name);
  if (!value || !value->is_string()) refuse_content(path);
  return value->get_string();
}

void put(json::Object& object, std::string_view name, std::string_view text) {
  object[name] = json::String(text, object.storage());
}

void check_is_text(std::string_view value, const char* which) {
  if (is_utf8(value)) return;
  throw Error(ErrorCode::usage, std::string("the ") + which + " value is not UTF-8 text: no registry takes it", {}, {},
              "not-utf8");
}

}  // namespace

std::string journal_path(const std::string& file) {
  std::error_code unknown;
  std::filesystem::path path = file;
  if (std::filesystem::is_symlink(path, unknown)) path = std::filesystem::weakly_canonical(path, unknown);
  return (path.parent_path() / ("." + path.filename().string() + ".rotation")).string();
}

Journal::Journal(std::string path, std::string key, keys::Keyring& keyring, WarningSink warn)
    : path_(std::move(path)), key_(std::move(key)), keyring_(&keyring), warn_(std::move(warn)) {}

std::optional<Journal> Journal::find(const Target& target, keys::Keyring& keyring, const WarningSink& warn) {
  Journal journal(journal_path(target.file), yaml::to_string(target.key), keyring, warn);
  std::error_code unknown;
  const std::filesystem::file_status there = std::filesystem::symlink_status(journal.path_, unknown);
  if (!std::filesystem::exists(there)) return std::nullopt;
  if (there.type() != std::filesystem::file_type::regular) refuse_file(journal.path_);
  journal.read();
  journal.refuse_another_key(target);
  return journal;
}

Journal Journal::begin(const Target& target, const vault_file::Value& old_value, std::string_view new_value,
                       keys::Keyring& keyring, const WarningSink& warn) {
  check_is_text(old_value.text.view(), "old");
  check_is_text(new_value, "new");
  Journal journal(journal_path(target.file), yaml::to_string(target.key), keyring, warn);
  journal.old_ = SecretBytes::copy_of(old_value.text.view());
  journal.new_ = SecretBytes::copy_of(new_value);
  vault_file::create(journal.path_, journal.written().view(), *old_value.key, keyring.sealing(old_value.label), warn);
  journal.read();
  return journal;
}

bool Journal::has(std::string_view done) const {
  return std::ranges::count(done_, done) != 0;
}

/// Who has another of the keyring's secrets must not choose the tokens of this value.
void Journal::refuse_another_key(const Target& target) const {
  const vault_file::Value value = vault_file::get(target, [this]() -> keys::Keyring& { return *keyring_; });
  if (value.key != nullptr && equal_in_constant_time(value.key->password.view(), file_->key->password.view())) return;
  throw Error(ErrorCode::unsupported, "it is sealed with another vault secret than the value it is for",
              "to give that rotation up, remove it", {.file = path_}, "journal");
}

bool Journal::is_still_there() const {
  std::error_code unknown;
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(path_, unknown));
}

void Journal::add(const std::string& done) {
  done_.push_back(done);
  const SecretBytes text = written();
  if (is_still_there()) {
    vault_file::save(*file_, text.view(), *file_->key, keyring_->sealing(file_->header_label), warn_);
    open();
    if (file_->plaintext.view() == text.view()) return;
  }
  throw Error(ErrorCode::file_access, "another process runs the same rotation", {}, {.file = path_}, "changed");
}

void Journal::end() {
  std::error_code error;
  if (std::filesystem::remove(path_, error) || !error) return;
  fail_with_errno("remove", in_quotes(path_), error.value());
}

void Journal::open() {
  file_.emplace(vault_file::open_file(path_, {}, *keyring_));
}

void Journal::read() {
  open();
  const json::Document document = json::Document::parse(file_->plaintext.view(), path_);
  if (!document.root().is_object()) refuse_content(path_);
  const json::Object& object = document.root().get_object();
  const std::string key(text_of(object, "key", path_));
  if (key != key_) {
    throw Error(ErrorCode::unsupported, "a rotation of " + in_quotes(key) + " in the same file was begun and not ended",
                "end it first: regvault rotate --run FILE " + key, {.file = path_}, "other-rotation");
  }
  old_ = SecretBytes::copy_of(text_of(object, "old", path_));
  new_ = SecretBytes::copy_of(text_of(object, "new", path_));
  const json::Value* done = object.if_contains("done");
  if (!done || !done->is_array()) refuse_content(path_);
  done_.clear();
  for (const json::Value& one : done->get_array()) {
    if (!one.is_string()) refuse_content(path_);
    done_.emplace_back(one.get_string());
  }
}

SecretBytes Journal::written() const {
  json::Document document;
  json::Object& object = document.root().get_object();
  put(object, "key", key_);
  put(object, "old", old_.view());
  put(object, "new", new_.view());
  json::Array done(object.storage());
  for (const std::string& one : done_) done.emplace_back(json::String(one, object.storage()));
  object["done"] = std::move(done);
  return document.written();
}

}  // namespace regvault::rotation
