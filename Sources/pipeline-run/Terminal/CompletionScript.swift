import ArgumentParser
import PipelineKit

/// The script by which a shell completes command lines. The parser's own knows commands as they are written in full; this
/// adds that those that are the default may be left out, as in `pipeline-run Pipelines/demo.json`.
enum CompletionScript {
  private static let option = "--generate-completion-script"

  /// The script that the arguments ask for; nil where they ask for none, or for one that only the parser can tell.
  ///
  /// - Throws: `InternalFault` where the parser's script is not the one that this adds to.
  static func asked(by arguments: [String]) throws -> String? {
    guard let first = arguments.first, first.hasPrefix(option) else { return nil }
    let name = first == option ? arguments.dropFirst().first : first.dropFirst(option.count + 1).description
    return try name.flatMap(CompletionShell.init(rawValue:)).map(text)
  }

  private static func text(for shell: CompletionShell) throws -> String {
    let script = PipelineRun.completionScript(for: shell)
    switch shell {
    case .bash:
      // Behind `scene=` and the like files are offered.
      return try renamed(script, below: filled(bash, posix))
        .replacingOnce("complete -o filenames -F", with: "complete -o filenames -o default -F")
    case .zsh:
      return try renamed(script, below: filled(zsh, posix))
        .replacingOnce(
          """
              if [[ "${#completions[@]}" -gt 1 ]]; then
                  __\(Program.name)_complete "${completions[@]:0:-1}"
              fi
          """, with: "    __\(Program.name)_offer \"${completions[@]:0:-1}\"")
    case .fish:
      return try script.replacingOnce(
        "set -l unparsed_tokens (__\(Program.name)_tokens -pc)",
        with: "set -l unparsed_tokens (__\(Program.name)_words)")
        + filled(fish, fishy)
    default: return script
    }
  }

  /// The parser's function gets another name, and ours, which calls it, has its.
  private static func renamed(_ script: String, below own: String) throws -> String {
    try script.replacingOnce(
      "\n_\(Program.name)() {\n", with: "\n\(own)\n__\(Program.name)_commands() {\n")
  }
  /// How a shell writes which command is the default and which ones are known, and what holds below one command.
  private struct Spelling {
    let words: @Sendable (_ standard: String, _ known: String) -> String
    let branch: @Sendable (_ command: String, _ words: String) -> String
  }
  private static let posix = Spelling(
    words: { "default=\($0) known=' \($1) '" }, branch: { "\($0)) at=2 \($1) ;;" })
  private static let fishy = Spelling(
    words: { "set default \($0); set known \($1)" }, branch: { "case \($0); set at 2; \($1)" })

  /// The template with the program's name and with what stands below each command that has a default.
  private static func filled(_ template: String, _ spelling: Spelling) -> String {
    func words(_ commands: [any ParsableCommand.Type], _ standard: any ParsableCommand.Type) -> String {
      let known = (commands.map { $0._commandName } + ["help"]).joined(separator: " ")
      return spelling.words(standard._commandName, known)
    }
    let root = PipelineRun.configuration
    let cases = root.subcommands.compactMap { command in
      command.configuration.defaultSubcommand.map {
        "    " + spelling.branch(command._commandName, words(command.configuration.subcommands, $0))
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

  /// Behind `scene=` files are offered, and where nothing is to be chosen from; no space follows `scene=` itself.
  private static let zsh = #"""
    __NAME_offer() {
        local -a begun=("${(M)@:#*=}")
        if [[ "${PREFIX}" = *=* ]]; then
            compset -P '*='
            _files
        elif ((${#begun} > 0)); then
            compadd -V '' -S '' -a begun
        elif (($# > 0)); then
            __NAME_complete "${@}" || _files
        else
            _files
        fi
    }

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
        ROOT
        switch "$words[2]"
    CASES
        end
        if test (count $words) -gt $at; and not contains -- "$words[$(math $at + 1)]" $known
            set words $words[1..$at] $default $words[$(math $at + 1)..]
        end
        printf '%s\n' $words
    end
    # Files, behind `scene=` and where a path is begun.
    complete -c 'NAME' -n 'string match -qr "[=/]" -- (commandline -ct)' -F
    for option in param input output set swap each
        complete -c 'NAME' -l $option -n 'string match -q "*=*" -- (commandline -ct)' -rF
    end
    for command in '' ' batch'
        complete -c 'NAME' -n "__NAME_should_offer_completions_for_positional \"NAME$command\" -eq 1" -fa '(__fish_complete_suffix .json)'
    end

    """#
}

extension String {
  /// With one place that has to be there, and no other, written anew.
  fileprivate func replacingOnce(_ old: String, with new: String) throws -> String {
    let count = ranges(of: old).count
    guard count == 1 else {
      throw InternalFault("the argument parser's script has '\(old)' \(count) times, not once")
    }
    return replacing(old, with: new)
  }
}
