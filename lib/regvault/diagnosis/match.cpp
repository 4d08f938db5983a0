#include <regvault/diagnosis/match.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include <regvault/base/text.hpp>
#include <regvault/diagnosis/evidence.hpp>
#include <regvault/diagnosis/readable_text.hpp>

namespace regvault::diagnosis {
namespace {

// ------------------------------------------------------------------------------------------------------------- names

/// What stands before an image's name, and where the name ends.
struct Marker {
  std::string_view before, end;
};

constexpr std::array kImageMarkers{
    Marker{"ailed to pull image \"", "\""},
    Marker{"ulling image \"", "\""},
    Marker{"resolve reference \"", "\""},
    Marker{"unpack image \"", "\""},
    Marker{"apply default image tag \"", "\""},
    Marker{"parse reference \"", "\""},
    Marker{"invalid tag \"", "\""},
    Marker{"access denied for ", ", \""},
    Marker{"manifest for ", " "},
    Marker{"failed to push ", " \""},
    Marker{"docker://", " \","},
    Marker{"Trying to pull ", " "},
};

constexpr std::array kHostMarkers{Marker{"https://", "/\" "}, Marker{"http://", "/\" "},
                                  Marker{"logging into \"", "\""}, Marker{"container registry ", ": "},
                                  Marker{"lookup ", ": "}};

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@-";

std::string_view behind(std::string_view line, const Marker& marker) {
  std::size_t at = line.find(marker.before);
  if (at == line.npos) return {};
  std::string_view rest = line.substr(at + marker.before.size());
  std::string_view name = rest.substr(0, rest.find_first_of(marker.end));
  return stripped(name, ":.,");
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 300 && text.find_first_not_of(kNameCharacters) == text.npos;
}

/// https://HOST/v2/NAME/manifests/REFERENCE
std::string image_of_url(std::string_view line) {
  std::size_t scheme = line.find("://");
  if (scheme == line.npos) return {};
  std::string_view url = line.substr(scheme + 3);
  url = url.substr(0, url.find_first_of(" \"'?"));
  std::size_t api = url.find("/v2/");
  if (api == url.npos) return {};
  std::string_view path = url.substr(api + 4);
  std::string out(url.substr(0, api));
  if (std::size_t at = path.find("/manifests/"); at != path.npos) {
    std::string_view reference = stripped(path.substr(at + 11), ":");
    out += "/" + std::string(path.substr(0, at));
    return out + (reference.find(':') == reference.npos ? ":" : "@") + std::string(reference);
  }
  std::size_t blobs = path.find("/blobs/");
  return blobs == path.npos ? std::string() : out + "/" + std::string(path.substr(0, blobs));
}

std::string registry_of(std::string_view image) {
  std::string_view host = image.substr(0, image.find('/'));
  bool is_host = host.size() < image.size() && (host.find_first_of(".:") != host.npos || host == "localhost");
  return is_host ? lowercase(host) : "docker.io";
}

bool is_host(std::string_view text) {
  return is_name(text) && text.find_first_of("/@") == text.npos && text.find('.') != text.npos;
}

/// Docker Hub has many names.
std::string one_name(std::string host) {
  return host.ends_with(".docker.io") ? "docker.io" : host;
}

// ------------------------------------------------------------------------------------------------------------ search

/// The rows, by the two bytes they begin with: of most places in a text only these two are looked at.
class Rows {
 public:
  Rows() {
    for (const FailureText& row : failure_texts()) begins_.set(pair(row.text.data()));
  }

  bool may_begin(const char* at) const { return begins_[pair(at)]; }

 private:
  static std::size_t pair(const char* at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(at[0])) << 8 | static_cast<unsigned char>(at[1]);
  }

  std::bitset<65536> begins_;
};

class Search {
 public:
  Search(std::string_view text, std::string_view registry)
      : text_(text.substr(0, kTextAtMost)), registry_(one_name(std::string(registry))) {
    found_.resize(failure_texts().size());
    tried_.resize(failure_texts().size(), nullptr);
  }

  std::vector<Match> run() {
    for (const ReadableText::Line& line : text_.lines()) look_at(line);
    std::vector<Match> out;
    std::vector<const char*> lines;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (!found_[i]) continue;
      // What a line says best counts: "401 Unauthorized" says no more than "failed to fetch anonymous token" before it.
      bool said = std::ranges::find(lines, tried_[i]) != lines.end();
      auto same = [&](const Match& other) { return other.text->cause == found_[i]->text->cause; };
      lines.push_back(tried_[i]);
      if (!said && std::ranges::none_of(out, same)) out.push_back(std::move(*found_[i]));
    }
    return out;
  }

 private:
  void look_at(const ReadableText::Line& line) {
    about_a_registry_.reset();
    for (std::size_t at = 0; at + 1 < line.text.size(); ++at) {
      if (!rows_.may_begin(line.text.data() + at)) continue;
      const std::span<const FailureText> rows = failure_texts();
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].text[0] == line.text[at] && !found_[i] && stands_at(rows[i], line.text, at)) try_row(i, line, at);
      }
    }
  }

  void try_row(std::size_t i, const ReadableText::Line& line, std::size_t at) {
    if (tried_[i] == line.text.data()) return;  // the line is looked at once for each row
    tried_[i] = line.text.data();
    const FailureText& row = failure_texts()[i];
    if (!has_also(row, line.text)) return;
    if (row.about_registry() && !is_about_a_registry_here(line.text, at)) return;
    std::string_view around = text_.around(line.text.data() + at, 2048);
    Named named = named_in(around);
    if (!registry_.empty() && !named.registry.empty() && named.registry != registry_) return;
    auto place = static_cast<std::size_t>(line.text.data() + at - around.data());
    found_[i] = Match{.text = &row,
                      .line = line.number,
                      .evidence = evidence(around, place),
                      .image = std::move(named.image),
                      .registry = std::move(named.registry)};
  }

  /// Someone who pastes nothing but the text itself means it.
  bool is_about_a_registry_here(std::string_view line, std::size_t at) {
    if (!about_a_registry_) {
      about_a_registry_ = is_about_a_registry(line) || (!registry_.empty() && line.find(registry_) != line.npos);
    }
    std::string_view before = stripped(line.substr(0, std::min<std::size_t>(at, 16)));
    return *about_a_registry_ || (at <= 16 && (before.empty() || lowercase(before) == "error:"));
  }

  ReadableText text_;
  std::string registry_;
  Rows rows_;
  std::optional<bool> about_a_registry_;
  std::vector<std::optional<Match>> found_;  // by row
  std::vector<const char*> tried_;           // by row: the line it was tried on last, or found in
};

}  // namespace

Named named_in(std::string_view line) {
  Named out;
  for (const Marker& marker : kImageMarkers) {
    std::string_view name = behind(line, marker);
    if (is_name(name)) {
      out.image = name;
      break;
    }
  }
  if (out.image.empty()) out.image = image_of_url(line);
  if (!is_name(out.image)) out.image.clear();
  if (!out.image.empty()) {
    out.registry = one_name(registry_of(out.image));
    return out;
  }
  for (const Marker& marker : kHostMarkers) {
    std::string_view host = behind(line, marker);
    host = host.substr(0, host.find(" on "));
    if (is_host(host)) {
      out.registry = one_name(lowercase(host));
      return out;
    }
  }
  return out;
}

std::vector<Match> match(std::string_view text, std::string_view registry) {
  return Search(text, registry).run();
}

}  // namespace regvault::diagnosis
