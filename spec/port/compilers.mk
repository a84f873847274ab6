# SPDX-License-Identifier: LGPL-2.1-or-later
# compilers.mk - builds by gcc and clang, each with and without link-time optimization
#
# make check-compilers         all of COMPILERS, without a warning; the demo with each program
# make compiler-clang-lto      one, in build/compilers/clang-lto
#
# clang comes with llvm's plugin for GNU's linker and ar, by which they read what -flto leaves.

COMPILERS         ?= gcc gcc-lto clang clang-lto
# gcc links with as many processes as there are processors.
LTO_gcc-lto       := -flto=auto
LTO_clang-lto     := -flto
PACKAGES_compilers := $(PACKAGES_check) clang llvm

.PHONY: check-compilers $(COMPILERS:%=compiler-%) compiler-program
check-compilers: deps-compilers
	$(Q)$(MAKE) --no-print-directory WERROR=1 $(COMPILERS:%=compiler-%)

$(COMPILERS:%=compiler-%): compiler-%:
	$(call say,COMPILER,$*)
	+$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/compilers/$* CC=$(*:-lto=) \
	  CFLAGS='$(CFLAGS) $(LTO_$(filter %-lto,$*))' compiler-program
	$(Q)sh samples/demo.sh $(abspath $(BUILD))/compilers/$*/moontap >/dev/null

# The specs' modules hold much of the same, and each is linked again.
compiler-program: program $(if $(findstring -flto,$(CFLAGS)),,$(SPEC_SO))
