/* replay_main.c - runs a fuzz target over files instead of a fuzzer.
 *
 * Every target is linked with this main() in an ordinary build, so that the corpus and every past
 * crash run in `make check` with any compiler. Without arguments it takes corpus/NAME of a program
 * called fuzz_NAME; prints TAP. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Larger files are no seeds. */
#define LARGEST (4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count;
static unsigned failures;

static void report(int good, const char *path) {
	count++;
	failures += good ? 0 : 1;
	printf("%s %u - %s\n", good ? "ok" : "not ok", count, path);
	fflush(stdout);
}

static void run_file(const char *path) {
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(LARGEST);
	if(!file || !data) {
		report(0, path);
	} else {
		size_t size = fread(data, 1, LARGEST, file);
		LLVMFuzzerTestOneInput(data, size);
		report(1, path);
	}
	free(data);
	if(file) {
		fclose(file);
	}
}

static void run_path(const char *path);

static void run_folder(const char *path) {
	DIR *folder = opendir(path);
	if(!folder) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		report(0, path);
		return;
	}
	for(struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		char child[4096];
		int len = snprintf(child, sizeof(child), "%s/%s", path, entry->d_name);
		if(entry->d_name[0] != '.' && len > 0 && (size_t)len < sizeof(child)) {
			run_path(child);
		}
	}
	closedir(folder);
}

static void run_path(const char *path) {
	struct stat status;
	if(stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		run_folder(path);
	} else {
		run_file(path);
	}
}

/* Inside libtool's wrapper the program is called lt-fuzz_NAME. */
static void run_own_corpus(const char *program) {
	const char *name = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
	const char *source = getenv("srcdir") ? getenv("srcdir") : ".";
	const char *target = strstr(name, "fuzz_");
	char path[4096];
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", source, target ? target + 5 : name);
	run_path(path);
}

int main(int argc, char **argv) {
	for(int i = 1; i < argc; i++) {
		run_path(argv[i]);
	}
	if(argc < 2) {
		run_own_corpus(argv[0]);
	}
	printf("1..%u\n", count);
	return failures ? 1 : 0;
}
