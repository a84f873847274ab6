/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree.c - for specs: a folder and all that is in it as one text, without a process for it
 *
 *   tree(folder, left_out) -> a line for each folder, "name\n", and for each line of a file,
 *                             "name\tline\n"; sorted by name; of an empty file "name\t\n"
 */
#include <dirent.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int luaopen_internals_tree(lua_State *L);

struct walk {
	const char *left_out;
	FILE *out;
};

static void put_file(struct walk *w, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	bool any = false;

	while (f && getline(&line, &cap, f) >= 0) {
		line[strcspn(line, "\n")] = 0;
		fprintf(w->out, "%s\t%s\n", path, line);
		any = true;
	}
	if (!any)
		fprintf(w->out, "%s\t\n", path);
	free(line);
	if (f)
		fclose(f);
}

static void put_folder(struct walk *w, const char *path)
{
	struct dirent **names;
	char inner[4096];
	struct stat st;
	int n = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
		if (strcmp(names[i]->d_name, ".") && strcmp(names[i]->d_name, "..") &&
		    strcmp(inner + 2, w->left_out) && !lstat(inner, &st)) {
			if (S_ISDIR(st.st_mode)) {
				fprintf(w->out, "%s\n", inner);
				put_folder(w, inner);
			} else {
				put_file(w, inner);
			}
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static int l_tree(lua_State *L)
{
	const char *folder = luaL_checkstring(L, 1);
	struct walk w = { .left_out = luaL_checkstring(L, 2) };
	int here = open(".", O_PATH | O_CLOEXEC);
	char *text = NULL;
	size_t n = 0;

	w.out = open_memstream(&text, &n);
	if (here < 0 || !w.out)
		return luaL_error(L, "out of memory");
	if (!chdir(folder))
		put_folder(&w, ".");
	fclose(w.out);
	if (fchdir(here))
		abort();
	close(here);
	lua_pushlstring(L, text, n);
	free(text);
	return 1;
}

int luaopen_internals_tree(lua_State *L)
{
	lua_pushcfunction(L, l_tree);
	return 1;
}
