// restgen: HTTP load generator. One thread, epoll, N clients with a kept connection each, one request in flight per client.
// restgen --port P --clients N --dur S --request FILE [--values FILE] [--rate R] [--pid a,b] [--report FILE] [--label L]
// FILE holds the request as it goes over the wire, with \n for line ends; {key} -> 28 characters, another each time;
// {v0}… -> columns of the client's line in --values. Content-Length is added. With --rate it is an open loop over all clients.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAXCOL 4
#define KEYLEN 28
typedef struct { int fd, busy, idx, have, request_len; char *request, in[1 << 18]; char key[KEYLEN + 1]; uint64_t sent; } client;
static client *cs; static int o_port, o_clients = 16, o_spin = 1, pids[16], n_pids; static double o_dur = 3, o_warm = 0.5, o_rate;
static const char *o_request, *o_values, *o_report, *o_label = ""; static int ep;
static uint32_t *lat; static uint64_t n_lat, done, refused, numbered, bytes; static FILE *report;
#define LATCAP (1 << 22)

static uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *what) { fprintf(stderr, "[restgen] %s: %s\n", what, strerror(errno)); exit(2); }
static char *slurp(const char *path) {
    FILE *f = fopen(path, "r"); if (!f) die(path);
    char *b = calloc(1, 1 << 16); if (!fread(b, 1, (1 << 16) - 1, f)) die(path);
    fclose(f); return b;
}
static double cpu_seconds(void) {
    double cpu = 0;
    for (int i = 0; i < n_pids; i++) {
        char f[64], b[1024]; snprintf(f, sizeof f, "/proc/%d/stat", pids[i]); FILE *fp = fopen(f, "r"); if (!fp) continue;
        int n = fread(b, 1, sizeof b - 1, fp); fclose(fp); b[n > 0 ? n : 0] = 0; unsigned long u, s; char *q = strrchr(b, ')');
        if (q && sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) == 2) cpu += (double)(u + s) / sysconf(_SC_CLK_TCK);
    }
    return cpu;
}
// the request as bytes: line ends, values, length; the place of {key} stays and is filled in each time
static void prepare(client *c, const char *template, char **columns) {
    char *b = calloc(1, 1 << 16); int n = 0, body = -1;
    for (const char *p = template; *p; p++) {
        if (!strncmp(p, "{v", 2) && p[3] == '}' && columns) { n += sprintf(b + n, "%s", columns[p[2] - '0']); p += 3; }
        else if (!strncmp(p, "{key}", 5)) { memset(b + n, '\1', KEYLEN); n += KEYLEN; p += 4; }
        else if (*p == '\n' && body < 0) {
            n += sprintf(b + n, "\r\n");
            if (p[1] == '\n') { body = n; p++; }
        } else b[n++] = *p;
    }
    while (body >= 0 && n > body && b[n - 1] == '\n') n--;
    if (body < 0) body = n;
    c->request = calloc(1, n + 64);
    memcpy(c->request, b, body);
    int head = body + sprintf(c->request + body, "Content-Length: %d\r\n\r\n", n - body);
    memcpy(c->request + head, b + body, n - body); c->request_len = head + n - body; free(b);
}
static void send_request(client *c, uint64_t due) {
    char *place = memchr(c->request, '\1', c->request_len);
    snprintf(c->key, sizeof c->key, "%014llx-%013llx", (unsigned long long)(now_ns() / 1000), (unsigned long long)numbered++);
    static char out[1 << 16]; memcpy(out, c->request, c->request_len);
    if (place) memcpy(out + (place - c->request), c->key, KEYLEN);
    c->sent = due; c->busy = 1; c->have = 0;
    if (send(c->fd, out, c->request_len, MSG_NOSIGNAL) != c->request_len) die("send");
}
// whether the whole answer is there
static int is_complete(client *c) {
    char *end = memmem(c->in, c->have, "\r\n\r\n", 4); if (!end) return 0;
    c->in[c->have] = 0; char *length = strcasestr(c->in, "content-length:");
    return length && length < end ? c->have >= end + 4 - c->in + atoi(length + 15) : 1;
}
static void receive(client *c, int measuring) {
    ssize_t r = recv(c->fd, c->in + c->have, sizeof c->in - 1 - c->have, 0);
    if (r <= 0) { if (r < 0 && errno == EAGAIN) return; die("the server closed the connection"); }
    c->have += r; bytes += r;
    if (!is_complete(c)) return;
    c->busy = 0;
    if (c->in[9] != '2') { if (refused++ < 3) fprintf(stderr, "[restgen] refused: %.300s\n", c->in); return; }
    if (report) fprintf(report, "m %s 1\n", c->key);
    if (measuring) { done++; if (n_lat < LATCAP) lat[n_lat++] = (now_ns() - c->sent) / 1000; }
}
static int by_size(const void *a, const void *b) { uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b; return x < y ? -1 : x > y; }
static void open_clients(void) {
    char *template = slurp(o_request); FILE *values = o_values ? fopen(o_values, "r") : NULL; char line[2048];
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(o_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    cs = calloc(o_clients, sizeof *cs);
    for (int i = 0; i < o_clients; i++) {
        char *columns[MAXCOL] = { "", "", "", "" };
        if (values && fgets(line, sizeof line, values)) { line[strcspn(line, "\r\n")] = 0; int k = 0; for (char *p = strtok(line, "\t"); p && k < MAXCOL; p = strtok(0, "\t")) columns[k++] = p; }
        client *c = &cs[i]; c->idx = i; prepare(c, template, columns);
        c->fd = socket(AF_INET, SOCK_STREAM, 0); int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (connect(c->fd, (void *)&sa, sizeof sa)) die("connect");
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = c }; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
    }
}
int main(int ac, char **av) {
    for (int i = 1; i < ac; i++) {
        char *k = av[i];
#define OPT(s) (!strcmp(k, s) && i + 1 < ac)
        if (OPT("--port")) o_port = atoi(av[++i]);
        else if (OPT("--clients")) o_clients = atoi(av[++i]);
        else if (OPT("--dur")) o_dur = atof(av[++i]);
        else if (OPT("--warm")) o_warm = atof(av[++i]);
        else if (OPT("--rate")) o_rate = atof(av[++i]);
        else if (OPT("--request")) o_request = av[++i];
        else if (OPT("--values")) o_values = av[++i];
        else if (OPT("--report")) o_report = av[++i];
        else if (OPT("--label")) o_label = av[++i];
        else if (OPT("--pid")) { for (char *s = strtok(av[++i], ","); s && n_pids < 16; s = strtok(0, ",")) pids[n_pids++] = atoi(s); }
        else if (!strcmp(k, "--no-spin")) o_spin = 0;
        else { fprintf(stderr, "unknown or incomplete option %s\n", k); return 2; }
    }
    if (!o_port || !o_request) { fprintf(stderr, "--port and --request are needed\n"); return 2; }
    ep = epoll_create1(0); lat = malloc(sizeof *lat * LATCAP); if (o_report) report = fopen(o_report, "w");
    open_clients();
    uint64_t t0 = now_ns(), from = t0 + o_warm * 1e9, end = from + o_dur * 1e9, gap = o_rate > 0 ? 1e9 / o_rate : 0, next = t0, t; double cpu0 = 0; int measuring = 0, next_client = 0;
    while ((t = now_ns()) < end) {
        if (!measuring && t >= from) { measuring = 1; cpu0 = cpu_seconds(); }
        if (gap) { if (next <= t) { client *c = &cs[next_client++ % o_clients]; if (!c->busy) { send_request(c, next); next += gap; } } }
        else for (int i = 0; i < o_clients; i++) if (!cs[i].busy) send_request(&cs[i], now_ns());
        struct epoll_event evs[64]; int n = epoll_wait(ep, evs, 64, o_spin ? 0 : 5);
        for (int i = 0; i < n; i++) receive(evs[i].data.ptr, measuring);
    }
    double sec = (now_ns() - from) / 1e9, cpu = cpu_seconds() - cpu0;
    uint64_t counted = done, until = now_ns() + 2000000000ull; int waiting = 1;
    while (waiting && now_ns() < until) { struct epoll_event evs[64]; int n = epoll_wait(ep, evs, 64, 10); for (int i = 0; i < n; i++) receive(evs[i].data.ptr, 0); waiting = 0; for (int i = 0; i < o_clients; i++) waiting += cs[i].busy; }
    qsort(lat, n_lat, sizeof *lat, by_size);
#define Q(q) (n_lat ? lat[(uint64_t)((q) * (n_lat - 1))] / 1000.0 : -1.0)
    printf("{\"label\":\"%s\",\"mode\":\"rest\",\"clients\":%d,\"sec\":%.2f,\"requests_per_s\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"refused\":%llu,\"unanswered\":%d,\"bytes\":%llu,\"server_cpu\":%.2f}\n", o_label, o_clients, sec, counted / sec, Q(.5), Q(.99), Q(1), (unsigned long long)refused, waiting, (unsigned long long)bytes, cpu / sec);
    if (report) fclose(report);
    return 0;
}
