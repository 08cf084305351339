// wirecloset: the program a container runtime calls for every pod sandbox (CNI 1.1.0).
//
// It checks what can be checked from its environment alone, hands the call to the node agent over a unix
// socket and prints the agent's answer. Every decision about networks is the agent's. What is decided here is
// only what must hold while the agent is away: ADD waits and then says "try again later", DEL leaves a note
// that the agent carries out, STATUS trusts a young heartbeat. A delegated IPAM plugin is called from here.
//
// One request:  u32 length (big endian) | JSON, with the descriptor of the pod's namespace attached (SCM_RIGHTS)
//               {"version":1,"command":…,"containerId":…,…,"config":<stdin as it came>}
// One answer:   u32 length | u32 exit code | text for stdout

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef WIRECLOSET_VERSION
#define WIRECLOSET_VERSION "unknown"
#endif

#define DEFAULT_SOCKET "/run/wirecloset/cni.sock"

enum {
    REQUEST_VERSION = 1,
    REQUEST_MAX = 512 * 1024, // bytes of JSON; the agent refuses more. GC names every pod of a node, twice
    ANSWER_MAX = 256 * 1024,  // bytes of text; a result of a long plugin chain has a few thousand
    ID_MAX = 200,             // a container id is part of a file name (255) beside the interface's
    IFNAME_MAX = 15,
    NOTES_MAX = 4096,         // DEL notes waiting for the agent; beyond, its own reconciliation must do
};

// How long the agent may take, from the first attempt to connect. All below the kubelet's two minutes.
enum {
    ADD_WAIT_MS = 30000,
    OTHER_WAIT_MS = 10000,     // CHECK, GC
    DEL_WAIT_MS = 2000,
    STATUS_WAIT_MS = 50,       // asked every 5 s by the kubelet, on its main loop
    VERSION_STDIN_MS = 100,
    HEARTBEAT_YOUNG_S = 120,
};

// Error codes of the CNI specification, and of this program's range (100 and up).
enum {
    INCOMPATIBLE_VERSION = 1,
    UNKNOWN_CONTAINER = 3,
    BAD_ENVIRONMENT = 4,
    IO_FAILURE = 5,
    DECODING_FAILURE = 6,
    BAD_CONFIG = 7,
    BAD_NAMESPACE = 8,
    TRY_AGAIN_LATER = 11,
    NOT_AVAILABLE = 50,
};

// The versions whose results the agent can make, oldest first.
static const char *const VERSIONS[] = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"};
enum { V0_1_0, V0_2_0, V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0, VERSIONS_LENGTH };
#define VERSIONS_JSON "[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]"
#define VERSIONS_TEXT "0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0"

struct span {
    const char *at;  // NULL: absent
    size_t length;
};

struct verb {
    const char *name;
    bool names_attachment;  // container id and interface are required
    bool needs_netns;
    int oldest;             // index in VERSIONS
    long wait_ms;
};

static const struct verb VERBS[] = {
    {"ADD", true, true, V0_1_0, ADD_WAIT_MS},
    {"DEL", true, false, V0_1_0, DEL_WAIT_MS},
    {"CHECK", true, true, V0_4_0, OTHER_WAIT_MS},
    {"GC", false, false, V1_1_0, OTHER_WAIT_MS},
    {"STATUS", false, false, V1_1_0, STATUS_WAIT_MS},
};

static const struct verb *verb;
static const char *container_id, *netns, *ifname;
static char config[REQUEST_MAX + 1];  // stdin
static size_t config_length;
static struct span cni_version, network, socket_key, interface_key, ipam_type;
static char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];

// ---------------------------------------------------------------------------------------------------------
// Text out

struct text {
    char *at;
    size_t length, limit;
    bool overflow;
};

static void put(struct text *t, const char *bytes, size_t n) {
    if (n > t->limit - t->length) {
        t->overflow = true;
        return;
    }
    memcpy(t->at + t->length, bytes, n);
    t->length += n;
}

static void puts_(struct text *t, const char *s) { put(t, s, strlen(s)); }

static void put_quoted(struct text *t, const char *s, size_t n) {
    puts_(t, "\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        char escaped[8];
        if (c == '"' || c == '\\') {
            put(t, "\\", 1);
            put(t, s + i, 1);
        } else if (c < 0x20) {
            put(t, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", c));
        } else {
            put(t, s + i, 1);
        }
    }
    puts_(t, "\"");
}

/** Writes `"key":"value",`; nothing for an absent value. */
static void put_member(struct text *t, const char *key, const char *value) {
    if (!value) return;
    put_quoted(t, key, strlen(key));
    puts_(t, ":");
    put_quoted(t, value, strlen(value));
    puts_(t, ",");
}

static bool write_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static int version_index(struct span v) {
    for (int i = 0; i < VERSIONS_LENGTH; i++)
        if (v.at && v.length == strlen(VERSIONS[i]) && !memcmp(v.at, VERSIONS[i], v.length)) return i;
    return -1;
}

/** Prints the error the specification wants on stdout, in the version that was asked in where it is one of ours. */
__attribute__((noreturn, format(printf, 3, 4))) static void fail(
    int code, const char *details, const char *format, ...) {
    static char message[1024], out[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    char number[16];
    int asked = version_index(cni_version);
    struct text t = {.at = out, .limit = sizeof out};
    puts_(&t, "{");
    put_member(&t, "cniVersion", VERSIONS[asked < 0 ? V1_1_0 : asked]);
    puts_(&t, "\"code\":");
    put(&t, number, (size_t)snprintf(number, sizeof number, "%d", code));
    puts_(&t, ",");
    put_member(&t, "details", details);
    puts_(&t, "\"msg\":");
    put_quoted(&t, message, strlen(message));
    puts_(&t, "}\n");
    write_all(STDOUT_FILENO, t.at, t.length);
    exit(1);
}

// ---------------------------------------------------------------------------------------------------------
// The configuration on stdin: only its outermost object is looked at, everything inside is the agent's to read

static size_t skip_space(size_t i) {
    while (i < config_length && strchr(" \t\r\n", config[i]) && config[i]) i++;
    return i;
}

/** @return the place behind the string that begins at i (its opening quote), or 0 when it has no end */
static size_t skip_string(size_t i, struct span *inside) {
    size_t from = ++i;
    for (; i < config_length && config[i] != '"'; i++)
        if (config[i] == '\\') i++;
    if (i >= config_length) return 0;
    *inside = (struct span){config + from, i - from};
    return i + 1;
}

/** @return the place of the ',' or '}' that ends the value which begins at i, or 0 when nothing does */
static size_t skip_value(size_t i) {
    struct span ignored;
    size_t from = i;
    for (long depth = 0; i < config_length;) {
        char c = config[i];
        if (depth == 0 && (c == ',' || c == '}')) return i > from ? i : 0;
        if (c == '"') {
            i = skip_string(i, &ignored);
            if (!i) return 0;
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        i++;
    }
    return 0;
}

static bool is_key(struct span s, const char *key) { return s.length == strlen(key) && !memcmp(s.at, key, s.length); }

/** Called for each member of an object with its key, its value if that is a string, and where the value begins. */
typedef void member(struct span key, struct span text, size_t at);

/** @return the place behind the object that begins at i, or 0 when there is none */
static size_t scan_object(size_t i, member *each) {
    if (i >= config_length || config[i] != '{') return 0;
    i = skip_space(i + 1);
    while (i < config_length && config[i] != '}') {
        struct span key, value = {0};
        if (config[i] != '"' || !(i = skip_string(i, &key))) return 0;
        i = skip_space(i);
        if (i >= config_length || config[i] != ':') return 0;
        i = skip_space(i + 1);
        if (i < config_length && config[i] == '"' && !skip_string(i, &value)) return 0;
        size_t at = i;
        i = skip_value(i);
        if (!i) return 0;
        each(key, value, at);
        if (config[i] == ',') {
            i = skip_space(i + 1);
            if (i < config_length && config[i] == '}') return 0;
        }
    }
    return i < config_length ? i + 1 : 0;
}

static void ipam_member(struct span key, struct span text, size_t at) {
    (void)at;
    if (is_key(key, "type")) ipam_type = text;
}

static void config_member(struct span key, struct span text, size_t at) {
    // a number there is no version, but the place is not empty either
    if (is_key(key, "cniVersion")) cni_version = text.at ? text : (struct span){"?", 1};
    if (is_key(key, "name")) network = text;
    if (is_key(key, "socket")) socket_key = text;
    if (is_key(key, "interface")) interface_key = text.at ? text : (struct span){"/", 1};
    if (is_key(key, "ipam")) scan_object(at, ipam_member);
}

static bool scan_config(void) {
    size_t end = scan_object(skip_space(0), config_member);
    return end && skip_space(end) == config_length;
}

static long now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

/** Reads stdin to its end, or for at most wait_ms (negative: without limit). */
static void read_config(long wait_ms) {
    long until = now_ms() + wait_ms;
    while (config_length < sizeof config) {
        if (wait_ms >= 0) {
            long left = until - now_ms();
            struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
            if (left <= 0 || poll(&p, 1, (int)left) <= 0) return;
        }
        ssize_t n = read(STDIN_FILENO, config + config_length, sizeof config - config_length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(IO_FAILURE, NULL, "cannot read the configuration from stdin: %s", strerror(errno));
        if (n == 0) return;
        config_length += (size_t)n;
    }
}

// ---------------------------------------------------------------------------------------------------------
// Checks that need nobody else

static bool is_present(const char *value) { return value && *value; }

static bool is_identifier(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && (i == 0 || (c != '_' && c != '.' && c != '-'))) return false;
    }
    return n > 0;
}

static void check_variables(void) {
    char missing[128] = "";
    const struct { const char *name, *value; bool required; } variables[] = {
        {"CNI_CONTAINERID", container_id, verb->names_attachment},
        {"CNI_NETNS", netns, verb->needs_netns},
        {"CNI_IFNAME", ifname, verb->names_attachment},
    };
    int count = 0;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (!variables[i].required || is_present(variables[i].value)) continue;
        if (count++) strcat(missing, ", ");
        strcat(missing, variables[i].name);
    }
    // An id that is there and empty names no container; only an absent one is a forgotten variable.
    if (count == 1 && container_id && !*container_id) fail(UNKNOWN_CONTAINER, NULL, "CNI_CONTAINERID is empty");
    if (count) fail(BAD_ENVIRONMENT, NULL, "required environment variables are missing: %s", missing);
}

static void check_interface(const char *variable) {
    if (strlen(ifname) > IFNAME_MAX) fail(BAD_ENVIRONMENT, ifname, "%s is longer than 15 characters", variable);
    if (!*ifname || !strcmp(ifname, ".") || !strcmp(ifname, "..") || strpbrk(ifname, "/: \t\r\n\v\f\\"))
        fail(BAD_ENVIRONMENT, ifname, "%s is not the name of an interface", variable);
}

/** Behind another plugin that made the runtime's interface, the configuration names one for us. */
static void choose_interface(void) {
    static char chosen[IFNAME_MAX + 2];
    if (!interface_key.at || !verb->names_attachment) return;
    snprintf(chosen, sizeof chosen, "%.*s", (int)interface_key.length, interface_key.at);
    ifname = chosen;
    check_interface("interface");
}

static void check_names(void) {
    if (!verb->names_attachment) return;
    if (!is_identifier(container_id, strlen(container_id)))
        fail(BAD_ENVIRONMENT, container_id, "CNI_CONTAINERID has characters other than A-Z a-z 0-9 _ . -");
    if (strlen(container_id) > ID_MAX)
        fail(BAD_ENVIRONMENT, NULL, "CNI_CONTAINERID is longer than %d characters", ID_MAX);
    check_interface("CNI_IFNAME");
}

static void check_config(void) {
    if (config_length > REQUEST_MAX) fail(BAD_CONFIG, NULL, "the configuration is longer than %d bytes", REQUEST_MAX);
    if (!scan_config()) fail(DECODING_FAILURE, NULL, "the configuration on stdin is not a JSON object");
    // a configuration from before there were versions
    if (cni_version.length == 0) cni_version = (struct span){VERSIONS[V0_1_0], strlen(VERSIONS[V0_1_0])};
    int version = version_index(cni_version);
    if (version < 0) fail(INCOMPATIBLE_VERSION, "supported: " VERSIONS_TEXT, "cniVersion of the configuration is not supported");
    if (version < verb->oldest)
        fail(INCOMPATIBLE_VERSION, NULL, "%s needs cniVersion %s or newer", verb->name, VERSIONS[verb->oldest]);
    if (!network.at) fail(BAD_CONFIG, NULL, "the configuration has no network name");
    if (!is_identifier(network.at, network.length))
        fail(BAD_CONFIG, NULL, "the network's name has characters other than A-Z a-z 0-9 _ . -");
}

/** Where the agent listens: the configuration's word, then the environment's, then the usual place. */
static void choose_socket(void) {
    const char *from_environment = getenv("WIRECLOSET_SOCKET");
    struct span chosen = {DEFAULT_SOCKET, strlen(DEFAULT_SOCKET)};
    if (is_present(from_environment)) chosen = (struct span){from_environment, strlen(from_environment)};
    if (socket_key.at) chosen = socket_key;
    if (chosen.length >= sizeof socket_path || chosen.length == 0 || *chosen.at != '/' || memchr(chosen.at, '\\', chosen.length))
        fail(BAD_CONFIG, NULL, "socket is not an absolute path of fewer than %zu bytes", sizeof socket_path);
    memcpy(socket_path, chosen.at, chosen.length);
}

/** @return the open namespace; -1 where it is not required and is gone, which is how DEL often comes */
static int open_namespace(void) {
    if (!is_present(netns)) return -1;
    int fd = open(netns, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    // A namespace of a process is a link by nature; every other link is somebody's trick.
    if (fd < 0 && errno == ELOOP && !strncmp(netns, "/proc/", 6)) fd = open(netns, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && !verb->needs_netns) return -1;
    if (fd < 0) fail(BAD_NAMESPACE, netns, "cannot open CNI_NETNS: %s", strerror(errno));

    struct statfs fs;
    if (fstatfs(fd, &fs) || fs.f_type != NSFS_MAGIC || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
        // After a reboot or an unmount the bare file may remain: for DEL that is a namespace that is gone.
        if (verb->needs_netns) fail(BAD_NAMESPACE, netns, "CNI_NETNS is not a network namespace");
        close(fd);
        return -1;
    }
    const char *override = getenv("CNI_NETNS_OVERRIDE");
    bool own_allowed = override && (!strcmp(override, "1") || !strcmp(override, "true"));
    struct stat theirs, ours;
    if (!own_allowed && !fstat(fd, &theirs) && !stat("/proc/self/ns/net", &ours) && theirs.st_ino == ours.st_ino
        && theirs.st_dev == ours.st_dev)
        fail(BAD_NAMESPACE, netns, "CNI_NETNS is the namespace this plugin runs in, not a pod's");
    return fd;
}

// ---------------------------------------------------------------------------------------------------------
// A delegated IPAM plugin: called here, since it belongs to the runtime's world (its folder, its files, its environment)

static char ipam_result[ANSWER_MAX + 1];
static size_t ipam_length;

static bool is_verb(const char *name) { return !strcmp(verb->name, name); }

/** Finds the plugin in the folders of CNI_PATH. @return false when it is in none */
static bool find_ipam(char path[512]) {
    const char *folders = getenv("CNI_PATH");
    if (memchr(ipam_type.at, '/', ipam_type.length) || memchr(ipam_type.at, '\\', ipam_type.length)) return false;
    while (folders && *folders) {
        int length = (int)strcspn(folders, ":");
        int n = snprintf(path, 512, "%.*s/%.*s", length, folders, (int)ipam_type.length, ipam_type.at);
        if (length > 0 && n < 512 && access(path, X_OK) == 0) return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

__attribute__((noreturn)) static void become_ipam(const char *path, const char *command, int in, int out) {
    char *const arguments[] = {(char *)path, NULL};
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || setenv("CNI_COMMAND", command, 1)) _exit(127);
    execv(path, arguments);
    _exit(127);
}

/** The plugin reads the whole configuration, as ours came. @return a descriptor of it, or -1 */
static int config_as_file(void) {
    int fd = memfd_create("config", MFD_CLOEXEC);
    if (fd >= 0 && (!write_all(fd, config, config_length) || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/**
 * Runs the plugin for a command; what it prints is in `ipam_result`, its stderr is ours.
 *
 * @return its exit code; 0 without a plugin to ask
 */
static int delegate(const char *command) {
    ipam_length = 0;
    if (ipam_type.length == 0) return 0;
    char path[512];
    int out[2], in = config_as_file();
    if (!find_ipam(path))
        fail(IO_FAILURE, getenv("CNI_PATH"), "IPAM plugin %.*s is in no folder of CNI_PATH", (int)ipam_type.length, ipam_type.at);
    if (in < 0 || pipe2(out, O_CLOEXEC)) fail(IO_FAILURE, path, "cannot call the IPAM plugin: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) become_ipam(path, command, in, out[1]);
    close(in);
    close(out[1]);
    if (child < 0) fail(IO_FAILURE, path, "cannot call the IPAM plugin: %s", strerror(errno));
    for (ssize_t n; ipam_length < ANSWER_MAX;) {
        n = read(out[0], ipam_result + ipam_length, ANSWER_MAX - ipam_length);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        ipam_length += (size_t)n;
    }
    close(out[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/** Hands on what the plugin says when it fails. */
static void delegate_or_fail(void) {
    if (delegate(verb->name) == 0) return;
    ipam_result[ipam_length] = 0;
    // Runtimes take a DEL error with these words for success, and the address would never be freed.
    for (char *at; is_verb("DEL") && (at = strcasestr(ipam_result, "not found"));) memcpy(at, "missing  ", 9);
    if (ipam_length == 0)
        fail(IO_FAILURE, NULL, "IPAM plugin %.*s failed and said nothing", (int)ipam_type.length, ipam_type.at);
    write_all(STDOUT_FILENO, ipam_result, ipam_length);
    exit(1);
}

/** Gives an address back that the plugin gave for an ADD which then failed. */
static void take_back(void) {
    if (is_verb("ADD") && ipam_type.length && delegate("DEL") != 0)
        fprintf(stderr, "wirecloset: the IPAM plugin did not take its address back\n");
}

// ---------------------------------------------------------------------------------------------------------
// Talking to the agent

static char request[4 + REQUEST_MAX];
static size_t request_length;
static char answer[8 + ANSWER_MAX];

static void be32(char *at, uint32_t v) {
    for (int i = 0; i < 4; i++) at[i] = (char)(v >> (24 - 8 * i));
}

static uint32_t read_be32(const char *at) {
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void compose_request(void) {
    struct text t = {.at = request + 4, .limit = REQUEST_MAX};
    puts_(&t, "{\"version\":1,");
    put_member(&t, "command", verb->name);
    put_member(&t, "containerId", container_id);
    put_member(&t, "netns", netns);
    put_member(&t, "ifname", ifname);
    put_member(&t, "args", getenv("CNI_ARGS"));
    put_member(&t, "path", getenv("CNI_PATH"));
    put_member(&t, "traceparent", getenv("TRACEPARENT"));
    put_member(&t, "tracestate", getenv("TRACESTATE"));
    put_member(&t, "baggage", getenv("BAGGAGE"));
    if (ipam_length) {
        puts_(&t, "\"ipam\":");
        put(&t, ipam_result, ipam_length);
        puts_(&t, ",");
    }
    puts_(&t, "\"config\":");
    put(&t, config, config_length);
    puts_(&t, "}");
    if (t.overflow) {
        take_back();
        fail(BAD_CONFIG, NULL, "the call is longer than %d bytes", REQUEST_MAX);
    }
    be32(request, (uint32_t)t.length);
    request_length = 4 + t.length;
}

static bool wait_for(int fd, short events, long until) {
    long left = until - now_ms();
    struct pollfd p = {.fd = fd, .events = events};
    return left > 0 && poll(&p, 1, (int)left) > 0;
}

/** @return a connected socket, or -1 when nobody listens */
static int connect_once(void) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) fail(IO_FAILURE, NULL, "cannot make a socket: %s", strerror(errno));
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    memcpy(to.sun_path, socket_path, sizeof to.sun_path);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    int why = errno;
    close(fd);
    // Not there yet, not listening yet, or its queue is full: all pass by themselves.
    if (why != ENOENT && why != ECONNREFUSED && why != EAGAIN && why != EINTR)
        fail(IO_FAILURE, socket_path, "cannot reach the node agent: %s", strerror(why));
    return -1;
}

static bool send_request(int fd, int namespace_fd, long until) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    for (size_t sent = 0; sent < request_length;) {
        struct iovec rest = {request + sent, request_length - sent};
        struct msghdr message = {.msg_iov = &rest, .msg_iovlen = 1};
        if (sent == 0 && namespace_fd >= 0) {
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof control.bytes;
            struct cmsghdr *c = CMSG_FIRSTHDR(&message);
            c->cmsg_level = SOL_SOCKET;
            c->cmsg_type = SCM_RIGHTS;
            c->cmsg_len = CMSG_LEN(sizeof(int));
            memcpy(CMSG_DATA(c), &namespace_fd, sizeof(int));
        }
        ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (n > 0) sent += (size_t)n;
        else if (errno == EINTR) continue;
        else if (errno != EAGAIN || !wait_for(fd, POLLOUT, until)) return false;
    }
    return true;
}

/** @return the bytes of the answer behind its 8 byte head, or -1 when it did not come whole */
static long receive_answer(int fd, long until) {
    size_t have = 0, want = 8;
    while (have < want) {
        ssize_t n = recv(fd, answer + have, want - have, 0);
        if (n > 0) have += (size_t)n;
        else if (n == 0) return -1;
        else if (errno == EINTR) continue;
        else if (errno != EAGAIN || !wait_for(fd, POLLIN, until)) return -1;
        if (have == 8 && want == 8) {
            uint32_t length = read_be32(answer);
            if (length > ANSWER_MAX) fail(IO_FAILURE, NULL, "the node agent's answer is longer than %d bytes", ANSWER_MAX);
            want = 8 + (size_t)length;
        }
    }
    return (long)(want - 8);
}

/**
 * Asks until answered: an agent that dies half way comes back, takes the attachment up again, and is asked again.
 *
 * @return the length of the text in `answer` behind its head, or -1 when nobody answered
 */
static long ask_agent(int namespace_fd, long until, long pause_ms) {
    do {
        int fd = connect_once();
        if (fd >= 0) {
            long length = send_request(fd, namespace_fd, until) ? receive_answer(fd, until) : -1;
            close(fd);
            if (length >= 0) return length;
        }
        struct timespec pause = {.tv_nsec = pause_ms * 1000000L};
        nanosleep(&pause, NULL);
    } while (now_ms() < until);
    return -1;
}

// ---------------------------------------------------------------------------------------------------------
// The agent is away

/** Formats the path of a file beside the socket, in the agent's directory. */
__attribute__((format(printf, 2, 3))) static void beside_socket(char path[512], const char *format, ...) {
    int directory = (int)(strrchr(socket_path, '/') - socket_path);
    int n = snprintf(path, 512, "%.*s/", directory, socket_path);
    va_list args;
    va_start(args, format);
    vsnprintf(path + n, 512 - (size_t)n, format, args);
    va_end(args);
}

static bool read_line(const char *path, char *line, size_t limit) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    ssize_t n = read(fd, line, limit - 1);
    close(fd);
    if (n <= 0) return false;
    line[n] = 0;
    line[strcspn(line, "\n")] = 0;
    return true;
}

/**
 * The agent writes "<boot id> <uptime in seconds>" while it is able to serve. Uptime, not a wall clock: that one may
 * jump. Both sides read it from /proc/uptime, so that they agree where a container runtime puts its own there.
 */
static bool heartbeat_is_young(void) {
    char path[512], beat[128], boot_id[64], uptime[64];
    beside_socket(path, "heartbeat");
    if (!read_line(path, beat, sizeof beat) || !read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof boot_id)
        || !read_line("/proc/uptime", uptime, sizeof uptime))
        return false;
    char *at = strchr(beat, ' ');
    if (!at) return false;
    *at++ = 0;
    long age_s = strtol(uptime, NULL, 10) - strtol(at, NULL, 10);
    return !strcmp(beat, boot_id) && age_s >= 0 && age_s < HEARTBEAT_YOUNG_S;
}

static long notes_in(const char *directory) {
    DIR *d = opendir(directory);
    if (!d) return 0;
    long count = 0;
    while (readdir(d)) count++;
    closedir(d);
    return count;
}

/**
 * Leaves deleted/<container id>@<interface> for the agent, whole by rename. Where that is not possible, DEL succeeds
 * all the same: a pod that cannot be deleted helps nobody, and the agent frees what belongs to a dead namespace when
 * it starts.
 */
static void leave_note(void) {
    static char note[REQUEST_MAX];
    char directory[512], temporary[512], final[1024], name[256];
    beside_socket(directory, "deleted");
    beside_socket(temporary, "deleted/.%ld", (long)getpid());
    snprintf(name, sizeof name, "%.*s", (int)network.length, network.at);
    snprintf(final, sizeof final, "%s/%s@%s", directory, container_id, ifname);

    struct text t = {.at = note, .limit = sizeof note};
    puts_(&t, "{\"version\":1,\"command\":\"DEL\",");
    put_member(&t, "containerId", container_id);
    put_member(&t, "ifname", ifname);
    put_member(&t, "netns", netns);
    puts_(&t, "\"network\":");
    put_quoted(&t, name, strlen(name));
    puts_(&t, "}\n");

    if (t.overflow || (mkdir(directory, 0700) && errno != EEXIST) || notes_in(directory) > NOTES_MAX) goto lost;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) goto lost;
    bool whole = write_all(fd, t.at, t.length);
    if (close(fd) == 0 && whole && rename(temporary, final) == 0) return;
    unlink(temporary);
lost:
    fprintf(stderr, "wirecloset: the node agent is away and no note could be left in %s: %s\n", directory, strerror(errno));
}

/** Returns where the verb succeeds all the same. */
static void without_agent(long waited_ms) {
    char details[256];
    snprintf(details, sizeof details, "waited %ld ms on %s", waited_ms, socket_path);
    if (is_verb("DEL")) {
        leave_note();
        return;
    }
    if (is_verb("STATUS")) {
        if (heartbeat_is_young()) return;
        fail(NOT_AVAILABLE, details, "the node agent does not answer and its last heartbeat is older than %d s", HEARTBEAT_YOUNG_S);
    }
    take_back();
    fail(TRY_AGAIN_LATER, details, "the node agent does not answer");
}

// ---------------------------------------------------------------------------------------------------------

static void print_versions(void) {
    read_config(VERSION_STDIN_MS);
    if (config_length > REQUEST_MAX || !scan_config()) cni_version = (struct span){0};
    int asked = version_index(cni_version);
    printf("{\"cniVersion\":\"%s\",\"supportedVersions\":" VERSIONS_JSON "}\n", VERSIONS[asked < 0 ? V1_1_0 : asked]);
}

static const struct verb *find_verb(const char *command) {
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (!strcmp(command, VERBS[i].name)) return &VERBS[i];
    fail(BAD_ENVIRONMENT, command, "CNI_COMMAND is unknown");
}

/** How long this verb may wait; tests may choose, up to what ADD waits. */
static long wait_ms(void) {
    const char *chosen = getenv("WIRECLOSET_WAIT_MS");
    long asked = is_present(chosen) ? strtol(chosen, NULL, 10) : 0;
    return asked > 0 && asked <= ADD_WAIT_MS ? asked : verb->wait_ms;
}

int main(void) {
    const char *command = getenv("CNI_COMMAND");
    if (!is_present(command)) {
        fprintf(stderr, "wirecloset " WIRECLOSET_VERSION ", a CNI plugin; CNI versions " VERSIONS_TEXT "\n");
        return 0;
    }
    if (!strcmp(command, "VERSION")) {
        print_versions();
        return 0;
    }
    container_id = getenv("CNI_CONTAINERID");
    netns = getenv("CNI_NETNS");
    ifname = getenv("CNI_IFNAME");
    verb = find_verb(command);

    check_variables();
    check_names();
    read_config(-1);
    check_config();
    choose_interface();
    choose_socket();
    int namespace_fd = open_namespace();
    if (is_verb("ADD") || is_verb("CHECK")) delegate_or_fail();
    compose_request();

    long wait = wait_ms();
    long length = ask_agent(namespace_fd, now_ms() + wait, verb->wait_ms > STATUS_WAIT_MS ? 50 : 5);
    uint32_t code = 0;
    if (length < 0) {
        without_agent(wait);
    } else {
        code = read_be32(answer + 4) & 0xff;
        if (code) take_back();
    }
    // the address last: it must not be given to another while the interface still has it
    bool delegates_after = is_verb("DEL") || is_verb("GC") || is_verb("STATUS");
    if (delegates_after && !code) delegate_or_fail();
    if (delegates_after && code && is_verb("GC")) delegate(verb->name);
    if (length > 0) write_all(STDOUT_FILENO, answer + 8, (size_t)length);
    return (int)code;
}
