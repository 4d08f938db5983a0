/// An edit: some bytes that take the place of others, and the values the parser must find there afterwards.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <regvault/yaml/document.hpp>
#include <regvault/yaml/layout.hpp>
#include <regvault/yaml/lookup.hpp>

namespace regvault::yaml {

struct Edit {
  std::size_t begin = 0, end = 0;  ///< the bytes that go
  std::string text = {};           ///< the bytes that come
  std::size_t node = 0;            ///< the first value that changes
  std::size_t removed = 0;         ///< how many values go, from `node` on
  std::vector<Node> wanted = {};   ///< the values that come: kind, depth, flow, tag, anchor, value
};

/// Over an existing scalar or null. A vault in lines or in double quotes keeps its form; in other places the value is
/// written anew, with its anchor and the comment of its line. Throws Error(unsupported): not-a-scalar, complex-key.
Edit replace(const Source& source, const Tree& tree, std::size_t n, const NewValue& value, const Layout& layout);

/// A new key, or a chain of them, below the mapping or null where `walked` ended, straight behind its last entry.
/// Throws Error(unsupported): complex-key, open-end, not-a-mapping.
Edit insert(const Source& source, const Tree& tree, const Walk& walked, const Path& path, const NewValue& value,
            const Layout& layout);

/// A further item (NewValue::As::item) of the list `n`, behind its last; or null becomes a list with this item.
/// Throws Error(unsupported): not-a-list, complex-key, open-end.
Edit append(const Source& source, const Tree& tree, std::size_t n, const NewValue& value);

/// Without the value and its key or dash. Throws Error(unsupported): anchor-in-use, complex-key, not-a-mapping.
Edit remove(const Source& source, const Tree& tree, std::size_t n);

/// The node that the new value will be, for Edit::wanted.
Node wanted_value(const NewValue& value, std::size_t depth);

/// The list of one item that a key gets by As::item.
void add_wanted_list(std::vector<Node>& wanted, const NewValue& value, std::size_t depth, bool flow,
                     std::size_t anchor = 0);

/// An item as text: "- key: text" with its dash in this column; "{key: text}".
std::string block_item(const NewValue& value, std::size_t dash);
std::string flow_item(const NewValue& value, bool quoted_keys);

/// Throws Error(unsupported).
[[noreturn]] void refuse_edit(std::string message, Where at, std::string_view reason, std::string hint = {});

}  // namespace regvault::yaml
