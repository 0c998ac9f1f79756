package sdk

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Settings are what a plugin reads from its environment and command line.
type Settings struct {
	list []setting
}

type setting struct {
	env, fallback, usage string
	secret               bool
	parse                func(string) error
}

// Add declares a setting that parse checks and stores. The environment variable
// env has the flag of the same name in lower case without "PRISM_": PRISM_LISTEN
// is --listen. A flag wins over the environment, which wins over fallback. An
// empty variable counts as not set.
func (s *Settings) Add(env, fallback, usage string, parse func(string) error) {
	s.list = append(s.list, setting{env: env, fallback: fallback, usage: usage, parse: parse})
}

// AddSecret declares a setting without a flag, which every user of the machine
// could read, and without a fallback. The variable with _FILE appended to its
// name may give the path of a file with the value, as container engines mount it.
func (s *Settings) AddSecret(env, usage string, parse func(string) error) {
	s.list = append(s.list, setting{env: env, usage: usage, secret: true, parse: parse})
}

func (s setting) flag() string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.env, "PRISM_")), "_", "-")
}

// load stores every setting. Its error lists all violations, a line each.
func (s *Settings) load(args []string, getenv func(string) string) error {
	flags, errs := s.parseFlags(args)
	for _, st := range s.list {
		value, from := st.fallback, st.env
		if v := getenv(st.env); v != "" {
			value = v
		}
		if path := getenv(st.env + fileSuffix); st.secret && path != "" {
			from += fileSuffix
			secret, err := readSecret(path, value)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", from, err))
				continue
			}
			value = secret
		}
		if v, ok := flags[st.flag()]; ok {
			value, from = v, "--"+st.flag()
		}
		if err := st.parse(value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from, err))
		}
	}
	return errors.Join(errs...)
}

const fileSuffix = "_FILE"

// readSecret returns what a file has, without the end of its line.
func readSecret(path, given string) (string, error) {
	if given != "" {
		return "", errors.New("the variable without " + fileSuffix + " is set as well; set one of them")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// parseFlags is this short, instead of package flag, so that its errors come
// all at once and the binary stays small.
func (s *Settings) parseFlags(args []string) (flags map[string]string, errs []error) {
	flags = map[string]string{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if !strings.HasPrefix(arg, "-") {
			errs = append(errs, fmt.Errorf("%s: unexpected argument; see --help", arg))
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !hasValue && len(args) > 0 && !strings.HasPrefix(args[0], "--") {
			value, hasValue = args[0], true
			args = args[1:]
		}
		switch {
		case !s.hasFlag(name):
			errs = append(errs, fmt.Errorf("--%s: unknown flag; see --help", name))
		case !hasValue:
			errs = append(errs, fmt.Errorf("--%s: the value is missing; write --%s=VALUE", name, name))
		default:
			flags[name] = value
		}
	}
	return flags, errs
}

func (s *Settings) hasFlag(name string) bool {
	for _, st := range s.list {
		if st.flag() == name && !st.secret {
			return true
		}
	}
	return false
}

// usage describes every setting, two lines each.
func (s *Settings) usage() string {
	var b strings.Builder
	for _, st := range s.list {
		b.WriteString("  " + st.env)
		if st.secret {
			b.WriteString(" or " + st.env + fileSuffix + ", a file with it")
		} else {
			b.WriteString(", --" + st.flag())
		}
		if st.fallback != "" {
			b.WriteString(" (default " + st.fallback + ")")
		}
		b.WriteString("\n      " + st.usage + "\n")
	}
	return b.String()
}
