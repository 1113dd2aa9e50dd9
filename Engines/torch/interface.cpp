// The functions of CTorch.h: no exception crosses them, every one becomes text.

#include "device.h"
#include "graph.h"
#include "group.h"
#include "message.h"

#include <ATen/ops/from_blob.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>

namespace {

char *text(const std::string &words) { return strdup(words.c_str()); }

/// NULL when `body` returns, else what it threw.
template <typename Body>
char *guarded(const Body &body) {
  try {
    body();
    return nullptr;
  } catch (const std::exception &error) {
    return text(message(error));
  } catch (...) {
    return text("libtorch threw something that is no exception");
  }
}

char *describe(const char *name, pt_device *description) {
  return guarded([&] { *description = describe_device(find_device(name)); });
}

char *graph_create(const pt_options *options, pt_graph **graph) {
  return guarded([&] { *graph = new pt_graph(*options); });
}

void graph_free(pt_graph *graph) { delete graph; }

char *graph_add_input(pt_graph *graph, pt_type type, int64_t *value) {
  return guarded([&] { *value = graph->add_input(type); });
}

char *graph_add_constant(pt_graph *graph, pt_type type, const void *bytes, int64_t *value) {
  return guarded([&] { *value = graph->add_constant(type, bytes); });
}

char *graph_add_parameter(pt_graph *graph, pt_type type, const void *bytes, int64_t *value) {
  return guarded([&] { *value = graph->add_parameter(type, bytes); });
}

char *graph_add_operation(pt_graph *graph, const pt_operation *operation, int64_t *value) {
  return guarded([&] { *value = graph->add_operation(*operation); });
}

char *graph_add_output(pt_graph *graph, pt_type type, int64_t value) {
  return guarded([&] { graph->add_output(type, value); });
}

char *graph_begin_segment(pt_graph *graph) {
  return guarded([&] { graph->begin_segment(); });
}

char *graph_run(pt_graph *graph, const void *const *inputs, void *const *outputs) {
  return guarded([&] { graph->run(inputs, outputs); });
}

char *graph_differentiate(
    pt_graph *graph, const void *const *inputs, void *const *outputs, size_t loss, double scale) {
  return guarded([&] { graph->differentiate(inputs, outputs, loss, scale); });
}

char *graph_clear_gradients(pt_graph *graph) {
  return guarded([&] { graph->clear_gradients(); });
}

char *graph_gradient_norm(pt_graph *graph, double *norm) {
  return guarded([&] { *norm = graph->gradient_norm(); });
}

char *graph_update(pt_graph *graph, const pt_adamw *settings) {
  return guarded([&] { graph->update(*settings); });
}

char *graph_read_parameter(pt_graph *graph, size_t index, pt_aspect aspect, void *bytes) {
  return guarded([&] { graph->read_parameter(index, aspect, bytes); });
}

char *graph_write_parameter(pt_graph *graph, size_t index, pt_aspect aspect, const void *bytes) {
  return guarded([&] { graph->write_parameter(index, aspect, bytes); });
}

char *group_create(const pt_place *place, pt_group **group) {
  return guarded([&] { *group = new pt_group(*place); });
}

void group_free(pt_group *group) { delete group; }

char *group_average(pt_group *group, float *numbers, size_t count) {
  return guarded([&] { group->average({at::from_blob(numbers, {int64_t(count)}, at::kFloat)}); });
}

char *group_average_gradients(pt_group *group, pt_graph *graph) {
  return guarded([&] { group->average(graph->gradients()); });
}

char *group_barrier(pt_group *group) {
  return guarded([&] { group->barrier(); });
}

const pt_functions functions = {
    PT_ABI,
    TORCH_VERSION,
    [](char *words) { free(words); },
    describe,
    graph_create,
    graph_free,
    graph_add_input,
    graph_add_constant,
    graph_add_parameter,
    graph_add_operation,
    graph_add_output,
    graph_begin_segment,
    graph_run,
    graph_differentiate,
    graph_clear_gradients,
    graph_gradient_norm,
    graph_update,
    graph_read_parameter,
    graph_write_parameter,
    group_create,
    group_free,
    group_average,
    group_average_gradients,
    group_barrier,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const pt_functions *PT_ENTRY() { return &functions; }
