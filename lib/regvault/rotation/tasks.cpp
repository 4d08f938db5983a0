#include <regvault/rotation/tasks.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>

namespace regvault::rotation {
namespace {

using config::RotationPlan;
using config::RotationStep;

struct Kind {
  std::string_view step;  ///< as the plan calls it
  TaskKind kind;
  std::string_view name;      ///< before the object
  std::string_view places;    ///< the setting that names where; empty: there is no where
  std::string_view place_by;  ///< before the place
};

constexpr std::array kKinds{
    Kind{"playbook", TaskKind::playbook, "playbook", "", ""},
    Kind{"pull_secret", TaskKind::pull_secret, "pull secret", "namespaces", " in "},
    Kind{"actions_secret", TaskKind::actions_secret, "Actions secret", "repos", " of "},
    Kind{"check", TaskKind::check, "pull of", "", ""},
    Kind{"revoke", TaskKind::revoke, "revocation of the token that was", "", ""},
};

/// Where the object is to be; one empty text: nowhere in particular.
std::vector<std::string> places_of(const Kind& kind, const RotationStep& step, const RotationPlan& plan) {
  std::vector<std::string> places = step.setting(kind.places);
  if (kind.kind == TaskKind::actions_secret)
    std::ranges::copy(step.setting("organization"), std::back_inserter(places));
  if (!places.empty()) return places;
  if (kind.kind == TaskKind::actions_secret) {
    throw Error(ErrorCode::malformed, "the Actions secret has no repository", "repos: OWNER/REPOSITORY", plan.where,
                "creation-rules");
  }
  return {""};
}

}  // namespace

std::vector<Task> tasks_of(const RotationPlan& plan) {
  std::vector<Task> tasks;
  for (const RotationStep& step : plan.steps) {
    const Kind& kind = *std::ranges::find(kKinds, step.kind, &Kind::step);
    for (const std::string& object : step.objects) {
      for (const std::string& place : places_of(kind, step, plan)) {
        Task task{.kind = kind.kind, .object = object, .place = place, .step = step};
        task.name = std::string(kind.name) + " " + object;
        if (!place.empty()) task.name += std::string(kind.place_by) + place;
        bool is_there = std::ranges::count(tasks, task.name, &Task::name) != 0;
        if (!is_there) tasks.push_back(std::move(task));
      }
    }
  }
  return tasks;
}

}  // namespace regvault::rotation
