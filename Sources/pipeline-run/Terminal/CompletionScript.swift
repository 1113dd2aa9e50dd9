import ArgumentParser

/// The script by which a shell completes command lines. The parser's own knows commands as they are written in full; this
/// adds that those that are the default may be left out, as in `pipeline-run Pipelines/demo.json`.
enum CompletionScript {
  private static let option = "--generate-completion-script"

  /// The script that the arguments ask for; nil where they ask for none, or for one that only the parser can tell.
  static func asked(by arguments: [String]) -> String? {
    guard let first = arguments.first, first.hasPrefix(option) else { return nil }
    let name = first == option ? arguments.dropFirst().first : first.dropFirst(option.count + 1).description
    return name.flatMap(CompletionShell.init(rawValue:)).map(text)
  }

  private static func text(for shell: CompletionShell) -> String {
    let script = PipelineRun.completionScript(for: shell)
    if shell == .fish {
      return script.replacing(
        "set -l unparsed_tokens (__\(Program.name)_tokens -pc)",
        with: "set -l unparsed_tokens (__\(Program.name)_words)")
        + filled(fish, "case %;", "set at 2; set ", "; set ")
    }
    // The parser's function gets another name, and ours, which calls it, has its.
    let start = "\n_\(Program.name)() {\n"
    let own = filled(shell == .bash ? bash : zsh, "%)", "at=2 ", " ", end: " ;;")
    return script.replacing(start, with: "\n\(own)\n__\(Program.name)_commands() {\n", maxReplacements: 1)
      // Behind `scene=` and the like files are offered.
      .replacing("complete -o filenames -F", with: "complete -o filenames -o default -F")
  }

  /// The template with the program's name and with what stands below each command that has a default.
  private static func filled(
    _ template: String, _ pattern: String, _ first: String, _ second: String, end: String = ""
  ) -> String {
    func words(_ commands: [any ParsableCommand.Type], _ standard: any ParsableCommand.Type) -> String {
      let equals = pattern.hasPrefix("case") ? " " : "="
      let known = (commands.map { $0._commandName } + ["help"]).joined(separator: " ")
      return equals == "="
        ? "default=\(standard._commandName)\(second)known=' \(known) '"
        : "default \(standard._commandName)\(second)known \(known)"
    }
    let root = PipelineRun.configuration
    let cases = root.subcommands.compactMap { command in
      command.configuration.defaultSubcommand.map {
        "    \(pattern.replacing("%", with: command._commandName)) \(first)"
          + words(command.configuration.subcommands, $0) + end
      }
    }
    return template.replacing("NAME", with: Program.name)
      .replacing("ROOT", with: words(root.subcommands, root.defaultSubcommand ?? RunCommand.self))
      .replacing("CASES", with: cases.joined(separator: "\n"))
  }

  /// Where no command stands the default is put in; where a command may be meant, too, both are offered.
  private static let bash = #"""
    _NAME() {
        local -i at=1
        local ROOT
        if ((COMP_CWORD > 1)); then
            case "${COMP_WORDS[1]}" in
    CASES
            esac
        fi
        local word="${COMP_WORDS[at]}"
        local -a offered=()
        if ((COMP_CWORD > at)) && [[ "${known}" = *" ${word} "* ]]; then
            __NAME_commands "${@}"
            return
        elif ((COMP_CWORD == at)) && [[ "${known}" = *" ${word}"* ]]; then
            __NAME_commands "${@}"
            offered=("${COMPREPLY[@]}")
            COMPREPLY=()
        fi
        local -a whole=("${COMP_WORDS[@]:0:at}" "${default}" "${COMP_WORDS[@]:at}")
        local -a COMP_WORDS=("${whole[@]}")
        local before="${COMP_LINE%%"${word}"*}"
        [[ -n "${word}" ]] || before="${COMP_LINE}"
        local COMP_LINE="${before}${default} ${COMP_LINE#"${before}"}"
        local -i COMP_CWORD="$((COMP_CWORD + 1))" COMP_POINT="$((COMP_POINT + ${#default} + 1))"
        __NAME_commands "${@}"
        COMPREPLY=("${offered[@]}" "${COMPREPLY[@]}")
        [[ "${COMPREPLY[0]}" != *= ]] || compopt -o nospace 2> /dev/null
    }

    """#

  private static let zsh = #"""
    _NAME() {
        local -i at=1 ret=1
        local ROOT
        if ((CURRENT > 2)); then
            case "${words[2]}" in
    CASES
            esac
        fi
        local word="${words[at + 1]}"
        if ((CURRENT > at + 1)) && [[ "${known}" = *" ${word} "* ]]; then
            __NAME_commands "${@}"
            return
        elif ((CURRENT == at + 1)) && [[ "${known}" = *" ${word}"* ]]; then
            __NAME_commands "${@}" && ret=0
        fi
        words=("${(@)words[1, at]}" "${default}" "${(@)words[at + 1, -1]}")
        ((CURRENT += 1))
        __NAME_commands "${@}" && ret=0
        return "${ret}"
    }

    """#

  private static let fish = #"""

    function __NAME_words
        set -l words (__NAME_tokens -pc)
        set -l at 1
        set -l default
        set -l known
        set ROOT
        switch "$words[2]"
    CASES
        end
        if test (count $words) -gt $at; and not contains -- "$words[$(math $at + 1)]" $known
            set words $words[1..$at] $default $words[$(math $at + 1)..]
        end
        printf '%s\n' $words
    end
    for command in '' ' batch'
        complete -c 'NAME' -n "__NAME_should_offer_completions_for_positional \"NAME$command\" -eq 1" -fa '(__fish_complete_suffix .json)'
    end

    """#
}
