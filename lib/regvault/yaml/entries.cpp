#include <regvault/yaml/entries.hpp>

#include <algorithm>

#include <regvault/yaml/span.hpp>

namespace regvault::yaml {

std::size_t end_of_last_entry(const Source& source, const Tree& tree, std::size_t collection) {
  std::size_t at = source.line_end(tree[collection].end);
  const Node& last = tree[tree[collection].next - 1];
  if (!is_block_scalar(last)) return at;
  const std::size_t header_end = std::min(source.bytes().find_first_of(" \t\r\n", last.content), source.size());
  std::string_view header = source.slice(last.content, header_end);
  if (header.find('+') != std::string_view::npos) {
    std::size_t next = source.next_line(at);
    while (next < source.size() && source.bytes().find_first_not_of(' ', next) >= source.line_end(next)) {
      at = source.line_end(next);
      next = source.next_line(next);
    }
  }
  // Without a final newline the text ends here; behind a new entry it would have one.
  const bool open_end = at == source.size() && source[at - 1] != '\n' && header.find('-') == header.npos;
  if (open_end && !is_vault_tag(last.tag)) {
    refuse_edit("the block of text that ends the file has no final newline, and would get one",
                source.where(last.begin), "open-end", "end the file with a newline first");
  }
  return at;
}

void put_behind_last_entry(const Source& source, const Tree& tree, std::size_t collection, Edit& edit) {
  std::size_t last_value = kNone, first_of_last = kNone;  // an entry's first node is its key, or the item itself
  for (std::size_t n = collection + 1; n < tree[collection].next; n = tree[last_value].next) {
    first_of_last = n;
    last_value = tree[n].is_key ? tree[n].next : n;
  }
  const std::size_t entry_end = tree[last_value].end, entry_begin = tree[first_of_last].begin;
  const std::size_t next = skip_trivia(source, entry_end);
  const bool final_comma = source[next] == ',';
  const std::size_t at = final_comma ? next + 1 : entry_end;
  const std::string entry = edit.text + (final_comma ? "," : "");
  const std::string comma = final_comma ? "" : ",";
  edit.begin = edit.end = at;
  const std::size_t line_end = source.line_end(at);
  if (!source.starts_its_line(entry_begin) || skip_trivia(source, at) < line_end) {
    edit.text = comma + " " + entry;
    return;
  }
  edit.end = line_end;  // over the comment of the line
  edit.text = comma;
  edit.text.append(source.slice(at, line_end)).append(source.line_break(at));
  edit.text.append(source.slice(source.line_begin(entry_begin), entry_begin)).append(entry);
}

}  // namespace regvault::yaml
