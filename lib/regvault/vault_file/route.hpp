/// Where the bytes of a file come from, and where what is made of them goes: back to the file, to another one, to a
/// device, or from and to the standard streams.
///
///     Input input = open_source(route.source, streams);
///     Output output(route, streams, input);           // locks a file that is to be replaced
///     output.write(piece);
///     output.commit(warn);                            // a file is replaced whole or not at all
///
/// Throws what Input and FileUpdate (files) throw.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault/source.hpp>

namespace regvault::vault_file {

/// What "-" stands for; without functions it is refused.
struct Streams {
  std::function<Input()> open_input;
  vault::Sink output;
};

struct Route {
  std::string source = {};       ///< a path, or "-"
  std::string destination = {};  ///< a path, or "-"; empty: back to the source
  bool afresh = false;           ///< files come out as new ones (0600, ours), not with the mode and owner they had
};

Input open_source(const std::string& path, const Streams& streams);

/// The input must stay where it is.
vault::ReadAt reading(const Input& input);

/// For messages: "standard input" for "-".
std::string shown_source(const std::string& path);

class Output {
 public:
  /// Throws Error(file_access, "changed") when the file that is to be replaced is not what `input` has read.
  Output(const Route& route, const Streams& streams, const Input& input);

  void write(std::string_view piece);
  void wipe_old_bytes();  ///< see FileUpdate
  void commit(const WarningSink& warn);

 private:
  std::string name_;
  std::optional<FileUpdate> update_;
  FileDescriptor device_;
  vault::Sink stream_;
};

}  // namespace regvault::vault_file
