/// Random inventories for the tests: valid for Ansible, in as many layouts as people write, with the places where an
/// edit can be tried. The same seed gives the same file.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <regvault/yaml/path.hpp>

namespace regvault::yaml {

struct Inventory {
  std::string bytes;
  std::vector<Path> values;    ///< single values: scalars, vaults, nulls
  std::vector<Path> mappings;  ///< mappings and nulls: a key can be added below
};

class InventoryGenerator {
 public:
  InventoryGenerator(unsigned seed, std::string payload) : random_(seed), payload_(std::move(payload)) {}

  Inventory generate() {
    step_ = pick<std::size_t>({2, 2, 2, 4});
    if (chance(4)) text_ += "---" + tail();
    if (chance(4)) text_ += "# inventory\n";
    inventory_.mappings.push_back({});
    mapping(0, {}, 0);
    if (chance(6)) text_ += "\n# the end\n";
    if (chance(4)) text_.pop_back();
    if (chance(4)) to_crlf();
    if (chance(8)) text_.insert(0, "\xef\xbb\xbf");
    inventory_.bytes = text_;
    return inventory_;
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  template <class T>
  T pick(std::vector<T> from) {
    return from[below(from.size())];
  }

  /// The rest of a line: its end, mostly.
  std::string tail() { return pick<std::string>({"\n", "\n", "\n", "\n", "  # why: \"x\" {\n", "  \n", " # k: v\n"}); }

  void between(std::size_t column) {
    if (chance(8)) text_ += "\n";
    if (chance(10)) text_ += std::string(column, ' ') + "# about: the next\n";
    if (chance(20)) text_ += std::string(column + below(9), ' ') + "# ! deeper | than\n";
    if (chance(20)) text_ += std::string(below(12), ' ') + "\n";
  }

  Step key() {
    std::string name = "k" + std::to_string(++keys_);
    std::string style = pick<std::string>({"", "", "", "\"", "'", "dot", "space", "colon"});
    if (style == "dot") name = name + ".example.org";
    if (style == "space") name = "my " + name;
    if (style == "colon") name = "fe80::" + name;
    std::string quote = style.size() == 1 ? style : "";
    text_ += quote + name + quote + (chance(15) ? " :" : ":");
    return name;
  }

  void mapping(std::size_t column, const Path& path, int depth, bool first_key_is_placed = false) {
    for (std::size_t left = 1 + below(4); left > 0; --left) {
      if (!first_key_is_placed) {
        between(column);
        text_ += std::string(column, ' ');
      }
      first_key_is_placed = false;
      Path here = path;
      here.push_back(key());
      value(column, here, depth, false);
    }
  }

  void list(std::size_t column, const Path& path, int depth) {
    std::size_t count = 1 + below(3);
    for (std::size_t i = 0; i < count; ++i) {
      between(column);
      text_ += std::string(column, ' ') + "-";
      Path here = path;
      here.push_back(Step::item(i));
      if (depth < 4 && chance(3)) {
        inventory_.mappings.push_back(here);
        text_ += " ";
        mapping(column + 2, here, depth + 1, true);
      } else {
        value(column, here, depth, true);
      }
    }
  }

  /// Behind the key or the dash in `column`.
  void value(std::size_t column, const Path& path, int depth, bool is_item) {
    const std::size_t kind = below(depth < 4 ? 16 : 12);
    if (kind < 12) inventory_.values.push_back(path);
    switch (kind) {
      case 0:
        null(path);
        break;
      case 1:
        text_ += " plain text" + tail();
        break;
      case 2:
        text_ += pick<std::string>({" \"a # b: \\\" c\"", " 'it''s'", " \"\"", " '{{ x }}'"}) + tail();
        break;
      case 3:
        text_ += " one\n" + std::string(column + 3, ' ') + "two\n\n" + std::string(column + 1, ' ') + "three" + tail();
        break;
      case 4:
      case 5:
      case 6:
        vault(column, is_item);
        break;
      case 7:
        text_block(column);
        break;
      case 8:
        text_ += pick<std::string>({" 1", " 0755", " yes", " 12:30:45", " 1e3", " -x"}) + tail();
        break;
      case 9:
        anchored();
        break;
      case 10:
        text_ += " !unsafe \"{{ y }}\"" + tail();
        break;
      case 11:
        text_ +=
            " !vault " + pick<std::string>({"", "&v" + std::to_string(++anchors_) + " "}) + quoted_payload() + tail();
        break;
      case 12:
        flow(path);
        break;
      case 13:
        alias();
        break;
      case 14: {
        inventory_.mappings.push_back(path);
        text_ += tail();
        mapping(column + step_, path, depth + 1);
        break;
      }
      default:
        text_ += tail();
        list(column + (is_item || chance(2) ? 2 : 0), path, depth + 1);
        break;
    }
  }

  void null(const Path& path) {
    text_ += pick<std::string>({"", "", " ~", " null"}) + tail();
    inventory_.mappings.push_back(path);
  }

  void vault(std::size_t column, bool is_item) {
    std::string header = pick<std::string>({"|", "|", "|", "|-", "|+", "|  ", "| # rotated"});
    std::string tag = pick<std::string>({"!vault", "!vault", "!vault", "!<!vault>", "!vault-encrypted"});
    std::size_t indent = column + pick<std::size_t>({1, 2, 2, 4, 6, 10});
    if (is_item && chance(2)) indent = column + 2;
    if (chance(8)) tag = "&w" + std::to_string(++anchors_) + " " + tag, indent += 4;
    text_ += " " + tag + " " + header + "\n";
    std::string line;
    for (char c : payload_) {
      line += c;
      if (c != '\n') continue;
      text_ += std::string(indent, ' ') + line;
      line.clear();
    }
    if (header == "|+" && chance(2)) text_ += "\n\n";
  }

  void text_block(std::size_t column) {
    std::string in(column + 1 + below(5), ' ');
    text_ += " " + pick<std::string>({"|", "|-", ">", ">-", "|+"}) + tail();
    text_ += in + "key: \"text\"\n";
    if (chance(2)) text_ += "\n";
    text_ += in + (chance(2) ? "  # no comment\n" : "- !vault |\n");
    text_ += in + "last\n";
  }

  void anchored() {
    text_ += " &a" + std::to_string(++anchors_) + " value" + tail();
    plain_anchors_.push_back(anchors_);
  }

  void alias() {
    if (plain_anchors_.empty()) {
      text_ += " none" + tail();
    } else {
      text_ += " *a" + std::to_string(pick(plain_anchors_)) + tail();
    }
  }

  void flow(const Path& path) {
    std::size_t style = below(6);
    if (style == 0) {
      text_ += " {}" + tail();
      inventory_.mappings.push_back(path);
      return;
    }
    if (style == 1) {
      text_ += " [a, 'b', {c: d}]" + tail();
      return;
    }
    inventory_.mappings.push_back(path);
    for (const char* name : {"a", "b", "c"}) {
      inventory_.values.push_back(path);
      inventory_.values.back().push_back(name);
    }
    if (style == 2) text_ += " { a: 1 , b: , \"c\": \"x, }\"}" + tail();
    if (style == 3) text_ += " {a: x y, b: !vault " + quoted_payload() + ", c: ~, }" + tail();
    if (style >= 4) {
      std::string in(11, ' ');
      text_ += " {\n" + in + "a: 1,   # first\n" + in + "b: two,\n" + in + "c: null" + (style == 4 ? "," : "  # last") +
               "\n" + in + "}" + tail();
    }
  }

  std::string quoted_payload() {
    std::string out = "\"";
    for (char c : payload_) out += c == '\n' ? std::string("\\n") : std::string(1, c);
    return out + "\"";
  }

  void to_crlf() {
    std::string out;
    for (char c : text_) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    text_ = out;
  }

  std::mt19937 random_;
  std::string payload_, text_;
  std::size_t step_ = 2, keys_ = 0, anchors_ = 0;
  std::vector<std::size_t> plain_anchors_;
  Inventory inventory_;
};

}  // namespace regvault::yaml
