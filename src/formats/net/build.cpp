// Walks a program at one choice of parameters and builds its graph.
#include <algorithm>

#include "base/text.h"
#include "formats/net/evaluate.h"
#include "formats/net/layer.h"
#include "formats/net/module_path.h"

namespace reckon::net {
namespace {

class Builder final : public Names {
 public:
  explicit Builder(const Program& program) : program_(program) {}

  Result<std::unique_ptr<Graph>> run(const std::vector<Parameter>& parameters) {
    for (const ParameterDef& def : program_.parameters) {
      std::int64_t value = def.otherwise;
      for (const Parameter& given : parameters)
        if (given.name == def.name) value = given.value;
      variables_.bindings.push(def.name, value);
    }
    variables_.n_globals = variables_.bindings.mark();
    RECKON_TRY(run_body(program_.body));
    if (current_ == none)
      return fail(ErrorCode::invalid_graph, "the network has no input; " + std::string(first_line),
                  program_.name);
    if (n_layers_ == 0)
      return fail(ErrorCode::invalid_graph, "the network has no layer", program_.name);
    if (outputs_.empty()) outputs_.push_back(current_);
    for (const ValueId value : outputs_) graph_.output(value);
    return graph_.finish();
  }

  Result<Label> find_label(std::string_view name, Place place) const override {
    if (const Label* label = labels_.find(name)) return *label;
    return error(
        place, ErrorCode::not_found,
        "there is no layer or input named " + quoted(name) + did_you_mean(name, labels_.names()));
  }

 private:
  static constexpr std::string_view first_line =
      "it begins with a line such as: input image 3x224x224";

  std::unexpected<Error> error(Place place, ErrorCode code, std::string message) const {
    return fail(code, std::move(message), place.text());
  }
  // Rules of operators do not know lines; here they learn theirs.
  std::unexpected<Error> placed(Error cause, Place place) const {
    const std::string prefix = program_.name + ":";
    if (cause.where.starts_with(prefix)) return std::unexpected(std::move(cause));
    cause.where = place.text();
    return std::unexpected(std::move(cause));
  }

  Status run_body(const Body& body) {
    for (const Statement& statement : body) RECKON_TRY(run_statement(statement));
    return {};
  }

  // Variables made inside braces end with them.
  Status run_braces(const Body& body) {
    const std::size_t mark = variables_.bindings.mark();
    ++depth_;
    Status status = run_body(body);
    --depth_;
    variables_.bindings.drop_to(mark);
    return status;
  }

  Status step(Place place) {
    if (++n_steps_ > max_steps)
      return error(place, ErrorCode::limit,
                   "the network runs more than " + std::to_string(max_steps) + " statements");
    return {};
  }

  Status run_statement(const Statement& statement) {
    RECKON_TRY(step(statement.place));
    using enum Statement::Kind;
    switch (statement.kind) {
      case input:
        return run_input(statement);
      case let:
        return run_let(statement);
      case layer:
        return run_layer(statement);
      case call:
        return run_call(statement);
      case from: {
        const Argument& name = statement.arguments.front();
        RECKON_ASSIGN(const Label label, find_label(name.name, name.place));
        current_ = label.value;
        return {};
      }
      case output:
        for (const Argument& name : statement.arguments) {
          RECKON_ASSIGN(const Label label, find_label(name.name, name.place));
          if (std::find(outputs_.begin(), outputs_.end(), label.value) == outputs_.end())
            outputs_.push_back(label.value);
        }
        return {};
      case residual:
        return run_residual(statement);
      case parallel:
        return run_parallel(statement);
      case repeat:
        return run_repeat(statement);
      case condition: {
        RECKON_ASSIGN(const std::int64_t holds, value_of(statement.expr));
        if (holds != 0) return run_braces(statement.bodies[0]);
        if (statement.bodies.size() > 1) return run_braces(statement.bodies[1]);
        return {};
      }
    }
    return {};
  }

  Result<std::int64_t> value_of(std::int32_t expr) const {
    return evaluate(variables_, program_.exprs[static_cast<std::size_t>(expr)]);
  }

  // --- Names --------------------------------------------------------------------------------

  Status bind_label(std::string_view name, Place place, ValueId value, ValueId weight = none) {
    if (name.empty()) return {};
    if (const Label* taken = labels_.find(name, scope_))
      return error(place, ErrorCode::syntax,
                   "the name " + quoted(name) + " is already taken on line " +
                       std::to_string(taken->place.line));
    labels_.push(name, {value, weight, place});
    return {};
  }

  // "Conv-1", or the label within its module: "layers.3.query".
  std::string layer_name(std::string_view label, std::string_view display) {
    ++n_layers_;
    if (label.empty()) return std::string(display) + "-" + std::to_string(n_layers_);
    return modules_.path().empty() ? std::string(label)
                                   : modules_.path() + "." + std::string(label);
  }

  // --- Statements ---------------------------------------------------------------------------

  Status run_input(const Statement& statement) {
    std::vector<Dim> dims;
    Checked elements = 1;
    for (const std::int32_t expr : statement.arguments.front().dims) {
      RECKON_ASSIGN(const Dim dim, value_of(expr));
      if (dim < 1)
        return error(statement.arguments.front().place, ErrorCode::bad_argument,
                     "a dimension must be at least 1, not " + std::to_string(dim));
      dims.push_back(dim);
      elements *= dim;
    }
    if (!elements.ok())
      return error(statement.arguments.front().place, ErrorCode::overflow,
                   "an input of more elements than 64 bits can count");
    if (labels_.find(statement.name) != nullptr)
      return error(statement.place, ErrorCode::syntax,
                   "the name " + quoted(statement.name) + " is already taken");
    current_ = graph_.input(statement.name, statement.dtype, dims);
    return bind_label(statement.name, statement.place, current_);
  }

  Status run_let(const Statement& statement) {
    RECKON_ASSIGN(const std::int64_t value, value_of(statement.expr));
    variables_.bindings.push(statement.name, value);
    if (depth_ == 0) variables_.n_globals = variables_.bindings.mark();
    return {};
  }

  Result<ArgValue> argument_value(const Argument& argument, ArgType type) const {
    ArgValue value;
    value.name = argument.name;
    value.place = argument.place;
    const Expr& first = program_.exprs[static_cast<std::size_t>(argument.dims.front())];
    const bool is_name = argument.dims.size() == 1 && first.kind == ExprKind::name;
    if (type == ArgType::word ||
        (type == ArgType::any && is_name && !variables_.find(first.text))) {
      if (!is_name) return error(argument.place, ErrorCode::syntax, "expected a name");
      value.word = first.text;
      return value;
    }
    if (argument.dims.size() > 1 && type != ArgType::dims && type != ArgType::any)
      return error(argument.place, ErrorCode::syntax, "expected one number");
    if (type == ArgType::real) {
      RECKON_ASSIGN(value.real, evaluate_real(variables_, first));
      return value;
    }
    for (const std::int32_t expr : argument.dims) {
      RECKON_ASSIGN(const std::int64_t dim, value_of(expr));
      value.ints.push_back(dim);
    }
    if (type == ArgType::flag && value.ints.front() != 0 && value.ints.front() != 1)
      return error(argument.place, ErrorCode::bad_argument,
                   "expected true or false, not " + std::to_string(value.ints.front()));
    return value;
  }

  Result<std::vector<ArgValue>> argument_values(const Statement& statement) const {
    const LayerDef& def = *statement.layer;
    std::vector<ArgValue> values;
    std::size_t position = 0;
    for (const Argument& argument : statement.arguments) {
      ArgType type = ArgType::integer;
      if (argument.name.empty()) {
        type = def.positional[std::min(position++, def.positional.size() - 1)];
      } else {
        for (const OptionDef& option : def.options)
          if (option.name == argument.name) type = option.type;
      }
      RECKON_ASSIGN(ArgValue value, argument_value(argument, type));
      values.push_back(std::move(value));
    }
    return values;
  }

  // Makes one layer that reads `from`, and makes its result the current value.
  template <class Emit>
  Status emit(const Statement& statement, const LayerDef& def, std::vector<ArgValue> args,
              ValueId from, Emit&& how) {
    if (from == none)
      return error(statement.place, ErrorCode::invalid_graph,
                   "there is no input before this layer; " + std::string(first_line));
    Layer one(graph_, *this, def, layer_name(statement.label, def.display), statement.place,
              std::move(args), from);
    if (n_layers_ > max_layers)
      return error(statement.place, ErrorCode::limit,
                   "the network has more than " + std::to_string(max_layers) + " layers");
    if (graph_.n_values() > static_cast<std::size_t>(max_values))
      return error(
          statement.place, ErrorCode::limit,
          "the network has more than " + std::to_string(max_values) + " weights and results");
    if (graph_.n_name_bytes() > max_name_bytes)
      return error(
          statement.place, ErrorCode::limit,
          "the names of layers take more than " + std::to_string(max_name_bytes) + " bytes");
    graph_.set_scope(modules_.kept_in(graph_), statement.place.line);
    Result<ValueId> made = how(one);
    if (!made) return placed(std::move(made).error(), statement.place);
    current_ = *made;
    return bind_label(statement.label, statement.place, current_, one.first_weight());
  }

  Status run_layer(const Statement& statement) {
    RECKON_ASSIGN(std::vector<ArgValue> args, argument_values(statement));
    return emit(statement, *statement.layer, std::move(args), current_, statement.layer->emit);
  }

  Status run_call(const Statement& statement) {
    const Block& block = program_.blocks[static_cast<std::size_t>(statement.block)];
    if (++n_calls_ > max_nesting)
      return error(statement.place, ErrorCode::limit,
                   "blocks call each other deeper than " + std::to_string(max_nesting) +
                       " levels; does " + quoted(block.name) + " call itself?");
    std::vector<std::pair<std::string_view, std::int64_t>> given;
    std::size_t position = 0;
    for (const Argument& argument : statement.arguments) {
      const std::string_view name =
          argument.name.empty() ? block.arguments[position++].name : argument.name;
      for (const auto& [other, value] : given)
        if (other == name)
          return error(argument.place, ErrorCode::syntax,
                       "the argument " + quoted(name) + " is given twice");
      RECKON_ASSIGN(const std::int64_t value, value_of(argument.dims.front()));
      given.emplace_back(name, value);
    }
    // From here on the names are the block's own.
    const std::size_t mark = variables_.bindings.mark(), frame = variables_.frame;
    const std::size_t scope = scope_, labels = labels_.mark();
    variables_.frame = mark;
    scope_ = labels;
    Status status = bind_arguments(block, given, statement.place);
    const ModulePath::Mark outside = modules_.enter(statement.label, block.name);
    if (status) status = run_braces(block.body);
    modules_.leave(outside);
    variables_.bindings.drop_to(mark);
    variables_.frame = frame;
    labels_.drop_to(labels);
    scope_ = scope;
    --n_calls_;
    RECKON_TRY(std::move(status));
    return bind_label(statement.label, statement.place, current_);
  }

  Status bind_arguments(const Block& block,
                        const std::vector<std::pair<std::string_view, std::int64_t>>& given,
                        Place place) {
    for (const BlockArgument& argument : block.arguments) {
      const auto at = std::find_if(given.begin(), given.end(),
                                   [&](const auto& g) { return g.first == argument.name; });
      std::int64_t value = 0;
      if (at != given.end()) {
        value = at->second;
      } else if (argument.otherwise >= 0) {
        RECKON_ASSIGN(value, value_of(argument.otherwise));
      } else {
        return error(
            place, ErrorCode::syntax,
            "the block " + quoted(block.name) + " needs its argument " + quoted(argument.name));
      }
      variables_.bindings.push(argument.name, value);
    }
    return {};
  }

  Status run_repeat(const Statement& statement) {
    RECKON_ASSIGN(const std::int64_t times, value_of(statement.expr));
    if (times < 0)
      return error(statement.place, ErrorCode::bad_argument,
                   "repeat " + std::to_string(times) + ": a count cannot be negative");
    const ModulePath::Mark outside = modules_.enter(statement.label, "repeat");
    const std::size_t scope = scope_, labels = labels_.mark();
    const std::size_t mark = variables_.bindings.mark();
    Status status;
    for (std::int64_t i = 0; i < times && status; ++i) {
      status = step(statement.place);
      if (!status) break;
      scope_ = labels;
      modules_.iterate(outside, i);
      if (!statement.name.empty()) variables_.bindings.push(statement.name, i);
      status = run_braces(statement.bodies.front());
      variables_.bindings.drop_to(mark);
      labels_.drop_to(labels);
    }
    modules_.leave(outside);
    scope_ = scope;
    RECKON_TRY(std::move(status));
    return bind_label(statement.label, statement.place, current_);
  }

  Status run_residual(const Statement& statement) {
    const ValueId start = current_;
    RECKON_TRY(run_braces(statement.bodies[0]));
    const ValueId branch = current_;
    current_ = start;
    if (statement.bodies.size() > 1) RECKON_TRY(run_braces(statement.bodies[1]));
    const ValueId values[] = {branch, current_};
    return emit(statement, *find_layer("add"), {}, branch, [&](Layer& layer) -> Result<ValueId> {
      if (!(layer.shape(values[0]) == layer.shape(values[1])))
        return layer.error("the branch gives " + with_batch(layer.shape(values[0])) +
                           ", the way around it " + with_batch(layer.shape(values[1])) +
                           "; a 'shortcut { … }' after the residual can bring them together");
      return join_elementwise(layer, "Add", values);
    });
  }

  Status run_parallel(const Statement& statement) {
    const ValueId start = current_;
    std::vector<ValueId> values;
    for (const Body& branch : statement.bodies) {
      current_ = start;
      RECKON_TRY(run_braces(branch));
      values.push_back(current_);
    }
    RECKON_ASSIGN(std::vector<ArgValue> args, argument_values(statement));
    const LayerDef& def = *statement.layer;
    return emit(statement, def, std::move(args), values.front(), [&](Layer& layer) {
      if (def.name() == "concat") return join_concat(layer, values, layer.int_option("axis", 1));
      return join_elementwise(layer, def.name() == "add" ? "Add" : "Mul", values);
    });
  }

  const Program& program_;
  GraphBuilder graph_;
  Variables variables_;
  Bindings<Label> labels_;
  std::size_t scope_ = 0;  // the first label of the innermost block or repeat
  ValueId current_ = none;
  std::vector<ValueId> outputs_;
  ModulePath modules_;
  int n_layers_ = 0, n_steps_ = 0, n_calls_ = 0, depth_ = 0;
};

}  // namespace
}  // namespace reckon::net

namespace reckon {

Result<std::unique_ptr<Graph>> build_network(const Program& program,
                                             const std::vector<Parameter>& parameters) {
  return net::Builder(program).run(parameters);
}

}  // namespace reckon
