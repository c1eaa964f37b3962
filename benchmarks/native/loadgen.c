// loadgen: WebSocket load generator for fan-out, echo, connect, idle and storm measurements, and auditor of what was delivered.
// One thread, epoll, loopback use. See README.md for options and output.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct { char *p; int n; } str;
enum { S_CONNECTING, S_HANDSHAKE, S_SETUP, S_READY, S_DEAD };
typedef struct {
    int fd, state, step, is_pub, inflight, idx;
    uint8_t *in; int in_len, in_cap;
    uint8_t *out; int out_len, out_off, out_cap;
    uint64_t got, order; // how many messages came, and a hash of their order
} conn;

#define MAXSTEP 8
#define MAXHDR 8
#define MAXCOL 4
static const char *o_mode = "fanout", *o_host = "127.0.0.1", *o_path = "/", *o_subproto = NULL, *o_mark = "~!~", *o_label = "", *o_hosthdr = NULL;
static str o_step[MAXSTEP]; static str o_expect[MAXSTEP]; static int n_step, n_expect;
static const char *o_hdr[MAXHDR]; static int n_hdr;
static str o_pub; static const char *o_pubpath = NULL;
static int o_port = 9000, o_conns = 100, o_pubs = 4, o_binary, o_window = 16, o_pad = 0, o_conc = 64, o_json, o_pubsub_echo = 0, o_deflate, o_hold_ms, o_npids, o_ips = 1, o_drainms = 1500, o_spin = 1;
static const char *o_report; static char ***vals; static int n_vals, o_storm = 50; static str o_again; static uint64_t *seen0; static uint64_t n_seen0, cap_seen0, cursor; static int sent_before;
static double o_rate, o_warm = 1.0, o_dur = 3.0, o_setup_to = 60;
static int o_pids[64];

static int ep; static conn *cs; static int ncs, n_ready, n_dead;
static struct sockaddr_in sa;
static int marklen;

static uint64_t now_ns(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }

static str unescape(const char *s) {
    str r; r.p = malloc(strlen(s) + 1); r.n = 0;
    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            switch (*s) {
            case 'r': r.p[r.n++] = '\r'; break;
            case 'n': r.p[r.n++] = '\n'; break;
            case 't': r.p[r.n++] = '\t'; break;
            case 'x': { char h[3] = { s[1], s[2], 0 }; r.p[r.n++] = (char)strtol(h, 0, 16); s += 2; break; }
            default: r.p[r.n++] = *s;
            }
        } else r.p[r.n++] = *s;
    }
    r.p[r.n] = 0; return r;
}

// message table
#define TBL (1 << 22)
typedef struct { uint64_t ts, first, last; uint32_t cnt; uint8_t meas, acked; int by; } msg;
static msg *tbl; static uint64_t next_id = 0; static int inflight; static uint64_t completed, dropped_msgs;
static uint64_t tot_marks, tot_frames, tot_bytes, tot_reads; static int n_members; static int measuring;
static uint64_t m_marks, m_frames, m_bytes, m_reads, m_published, m_completed;
static uint64_t last_progress;
static uint32_t *lat_one; static uint64_t n_lat_one; // per echo latency in us
#define LATCAP (1 << 22)

static inline int hexv(uint8_t c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }
static uint64_t gethex(const uint8_t *p) { uint64_t v = 0; for (int i = 0; i < 12; i++) v = v << 4 | hexv(p[i]); return v; }
static void puthex(char *p, uint64_t v) { for (int i = 11; i >= 0; i--) { p[i] = "0123456789abcdef"[v & 15]; v >>= 4; } }

static void ep_mod(conn *c, uint32_t ev) { struct epoll_event e = { .events = ev, .data.ptr = c }; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
static void kill_conn(conn *c, const char *why) {
    if (c->state == S_DEAD) return;
    if (n_dead < 3) fprintf(stderr, "[loadgen] conn %d died: %s (state %d) %s\n", c->idx, why, c->state, errno ? strerror(errno) : "");
    if (c->state == S_READY) n_ready--;
    c->state = S_DEAD; n_dead++; close(c->fd); c->fd = -1;
}
static void out_put(conn *c, const void *p, int n) {
    if (c->out_off == c->out_len) c->out_off = c->out_len = 0;
    if (c->out_len + n > c->out_cap) { c->out_cap = (c->out_len + n) * 2 + 256; c->out = realloc(c->out, c->out_cap); }
    memcpy(c->out + c->out_len, p, n); c->out_len += n;
}
static void out_flush(conn *c) {
    while (c->out_off < c->out_len) {
        ssize_t r = send(c->fd, c->out + c->out_off, c->out_len - c->out_off, MSG_NOSIGNAL);
        if (r < 0) {
            if (errno == EAGAIN) { ep_mod(c, EPOLLIN | EPOLLOUT); return; }
            kill_conn(c, "send"); return;
        }
        c->out_off += r;
    }
    if (c->state != S_READY || !c->is_pub) { free(c->out); c->out = 0; c->out_cap = 0; }
    c->out_len = c->out_off = 0;
}
static void put_frame(conn *c, int op, const void *data, int n) {
    uint8_t h[14]; int k = 2; h[0] = 0x80 | op;
    if (n < 126) h[1] = 0x80 | n;
    else if (n < 65536) { h[1] = 0x80 | 126; h[2] = n >> 8; h[3] = n; k = 4; }
    else { h[1] = 0x80 | 127; memset(h + 2, 0, 4); h[6] = n >> 24; h[7] = n >> 16; h[8] = n >> 8; h[9] = n; k = 10; }
    uint8_t m[4] = { 0x12, 0x9f, 0x5a, 0xc3 }; memcpy(h + k, m, 4); k += 4;
    out_put(c, h, k);
    int off = c->out_len; out_put(c, data, n);
    uint8_t *p = c->out + off; for (int i = 0; i < n; i++) p[i] ^= m[i & 3];
}
// template expansion: {mark} -> mark + 12 hex id + 12 hex time(us); {pad} -> padding; {cid} -> connection index;
// {n} -> message number; {v0}… -> columns of this connection's line of --values; {cursor} -> the seq last seen (storm)
static int expand(char *dst, str t, uint64_t id, uint64_t ts_ns, int cid) {
    int n = 0;
    for (int i = 0; i < t.n; i++) {
        if (t.p[i] == '{') {
            if (!strncmp(t.p + i, "{mark}", 6)) { memcpy(dst + n, o_mark, marklen); n += marklen; puthex(dst + n, id); n += 12; puthex(dst + n, ts_ns / 1000); n += 12; i += 5; continue; }
            if (!strncmp(t.p + i, "{pad}", 5)) { memset(dst + n, 'x', o_pad); n += o_pad; i += 4; continue; }
            if (!strncmp(t.p + i, "{n}", 3)) { n += sprintf(dst + n, "%llu", (unsigned long long)id); i += 2; continue; }
            if (!strncmp(t.p + i, "{cursor}", 8)) { n += sprintf(dst + n, "%llu", (unsigned long long)cursor); i += 7; continue; }
            if (!strncmp(t.p + i, "{v", 2) && t.p[i + 2] >= '0' && t.p[i + 2] < '0' + MAXCOL && t.p[i + 3] == '}' && cid < n_vals) { const char *v = vals[cid][t.p[i + 2] - '0']; n += sprintf(dst + n, "%s", v ? v : ""); i += 3; continue; }
            if (!strncmp(t.p + i, "{cid}", 5)) { n += sprintf(dst + n, "%d", cid); i += 4; continue; }
        }
        dst[n++] = t.p[i];
    }
    return n;
}
static int echo_mode, nobcast;
static void publish(conn *c, uint64_t ts) {
    static char buf[70000];
    uint64_t id = next_id++; msg *m = &tbl[id & (TBL - 1)];
    m->ts = ts; m->first = m->last = 0; m->cnt = 0; m->meas = measuring; m->acked = 0; m->by = c->idx;
    int n = expand(buf, o_pub, id, ts, c->idx);
    put_frame(c, o_binary ? 2 : 1, buf, n); out_flush(c);
    inflight++; c->inflight++; if (measuring) m_published++;
}
static void next_step(conn *c) {
    static char buf[70000];
    // send setup frames until one has a reply to wait for
    while (c->step < n_step) {
        int n = expand(buf, o_step[c->step], 0, 0, c->idx);
        if (n) put_frame(c, o_binary ? 2 : 1, buf, n);
        int s = c->step;
        if (s < n_expect && o_expect[s].n) { out_flush(c); return; }
        c->step++;
    }
    if (c->out_len) out_flush(c);
    if (c->state != S_DEAD) { c->state = S_READY; n_ready++; }
}
static uint64_t n_acked, n_refused; static int storming;
static void note_seen(uint64_t id) {
    if (n_seen0 == cap_seen0) { cap_seen0 = cap_seen0 ? cap_seen0 * 2 : 4096; seen0 = realloc(seen0, cap_seen0 * 8); }
    seen0[n_seen0++] = id;
}
static void on_payload(conn *c, uint8_t *p, int n, uint64_t t) {
    if (c->state == S_SETUP) {
        if (c->step < n_expect && memmem(p, n, o_expect[c->step].p, o_expect[c->step].n)) { c->step++; next_step(c); }
        return;
    }
    uint8_t *e = p + n, *whole = p; int marks = 0;
    while (p < e) {
        uint8_t *q = memchr(p, o_mark[0], e - p);
        if (!q || e - q < marklen + 24) break;
        if (memcmp(q, o_mark, marklen)) { p = q + 1; continue; }
        uint64_t id = gethex(q + marklen); p = q + marklen + 24;
        if (id >= next_id || next_id - id >= TBL) continue;
        tot_marks++; c->got++; c->order = c->order * 1000003 + id + 1; last_progress = t; marks++;
        if (c->idx == 0 && o_report) note_seen(id);
        msg *m = &tbl[id & (TBL - 1)];
        if (!m->first) m->first = t;
        m->last = t; m->cnt++;
        if (echo_mode) {
            c->inflight--; inflight--; completed++;
            if (m->meas && n_lat_one < LATCAP) lat_one[n_lat_one++] = (t - m->ts) / 1000;
        } else if ((int)m->cnt == n_members) { inflight--; completed++; }
    }
    if (!marks && c->is_pub && n > 16 && !memcmp(whole, "{\"type\":\"ok\",\"id\":", 18)) { uint64_t id = strtoull((char *)whole + 18, 0, 10); if (id < next_id) { tbl[id & (TBL - 1)].acked = 1; n_acked++; } }
    else if (!marks && c->is_pub && n > 16 && !memcmp(whole, "{\"type\":\"error\"", 16)) { if (n_refused++ < 3) fprintf(stderr, "[loadgen] refused: %.*s\n", n > 200 ? 200 : n, whole); }
    else if (marks && storming && c->idx == 0) { uint8_t *q = memmem(whole, n, "\"seq\":", 6); if (q) cursor = strtoull((char *)q + 6, 0, 10); }
}
static void on_read(conn *c) {
    static uint8_t big[1 << 23]; // a welcome to ten thousand rooms has 4 MB
    // data left over from a partial frame is put in front
    int have = c->in_len; if (have) memcpy(big, c->in, have);
    size_t room = sizeof big - have;
    ssize_t r = recv(c->fd, big + have, room < 1 << 18 ? room : 1 << 18, 0);
    if (r <= 0) { if (r < 0 && (errno == EAGAIN || errno == EINTR)) return; if (r == 0) errno = 0; kill_conn(c, r ? "recv" : "eof"); return; }
    uint64_t t = now_ns(); tot_bytes += r; tot_reads++;
    uint8_t *p = big; int n = have + r;
    if (c->state == S_HANDSHAKE) {
        uint8_t *e = memmem(p, n, "\r\n\r\n", 4);
        if (!e) goto save;
        if (n < 12 || memcmp(p + 9, "101", 3)) { if (n_dead < 3) fprintf(stderr, "[loadgen] handshake refused: %.*s\n", n > 300 ? 300 : n, p); errno = 0; kill_conn(c, "handshake"); return; }
        e += 4; n -= e - p; p = e;
        c->state = S_SETUP; next_step(c);
    }
    while (n >= 2 && c->state != S_DEAD) {
        uint64_t len = p[1] & 127; int h = 2;
        if (len == 126) { if (n < 4) break; len = p[2] << 8 | p[3]; h = 4; }
        else if (len == 127) { if (n < 10) break; len = 0; for (int i = 2; i < 10; i++) len = len << 8 | p[i]; h = 10; }
        if (len > sizeof big - 64) { errno = 0; kill_conn(c, "frame too big"); return; }
        if ((uint64_t)n < h + len) break;
        int op = p[0] & 15;
        if (op <= 2) {
            tot_frames++;
            if (o_pubsub_echo && len == 1 && p[h] == '2') { put_frame(c, 1, "3", 1); out_flush(c); } // engine.io ping
            else on_payload(c, p + h, len, t);
        } else if (op == 9) { put_frame(c, 10, p + h, len); out_flush(c); }
        else if (op == 8) { errno = 0; if (n_dead < 3) fprintf(stderr, "[loadgen] close code %d %.*s\n", len >= 2 ? p[h] << 8 | p[h + 1] : 0, len > 2 ? (int)len - 2 : 0, p + h + 2); kill_conn(c, "close frame"); return; }
        p += h + len; n -= h + len;
    }
save:
    if (c->state == S_DEAD) return;
    if (n > 0) {
        if (n > c->in_cap) { c->in_cap = n * 2; c->in = realloc(c->in, c->in_cap); }
        memcpy(c->in, p, n);
    } else if (c->in_cap) { free(c->in); c->in = 0; c->in_cap = 0; }
    c->in_len = n;
}
static void start_conn(int i) {
    conn *c = &cs[i]; c->idx = i;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); if (c->fd < 0) die("socket: %s", strerror(errno));
    int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (o_ips > 1) { struct sockaddr_in b = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001 + i % o_ips) }; int on = 1; setsockopt(c->fd, IPPROTO_IP, 24, &on, sizeof on); bind(c->fd, (void *)&b, sizeof b); }
    int r = connect(c->fd, (void *)&sa, sizeof sa);
    if (r < 0 && errno != EINPROGRESS) die("connect: %s", strerror(errno));
    c->state = S_CONNECTING;
    struct epoll_event e = { .events = EPOLLOUT, .data.ptr = c }; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}
static void send_handshake(conn *c) {
    char b[4096]; int n = 0;
    const char *path = (c->is_pub && o_pubpath) ? o_pubpath : o_path; char pb[1024]; str t = { (char *)path, (int)strlen(path) };
    pb[expand(pb, t, 0, 0, c->idx)] = 0;
    n += snprintf(b + n, sizeof b - n, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", pb, o_hosthdr ? o_hosthdr : o_host, o_port);
    if (o_subproto) n += snprintf(b + n, sizeof b - n, "Sec-WebSocket-Protocol: %s\r\n", o_subproto);
    if (o_deflate) n += snprintf(b + n, sizeof b - n, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    for (int i = 0; i < n_hdr; i++) { str h = { (char *)o_hdr[i], (int)strlen(o_hdr[i]) }; n += expand(b + n, h, 0, 0, c->idx); n += sprintf(b + n, "\r\n"); }
    n += snprintf(b + n, sizeof b - n, "\r\n");
    c->state = S_HANDSHAKE; ep_mod(c, EPOLLIN);
    out_put(c, b, n); out_flush(c);
}
static void handle(conn *c, uint32_t ev) {
    if (c->state == S_DEAD) return;
    if (c->state == S_CONNECTING) {
        int e = 0; socklen_t l = sizeof e; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
        if (e) { errno = e; kill_conn(c, "connect"); return; }
        send_handshake(c); return;
    }
    if (ev & EPOLLOUT) { out_flush(c); if (c->state != S_DEAD && c->out_off == c->out_len) ep_mod(c, EPOLLIN); }
    if (c->state != S_DEAD && ev & (EPOLLIN | EPOLLERR | EPOLLHUP)) on_read(c);
}
// /proc sampling of the server
static void proc_cpu_rss(double *cpu, double *rss) {
    *cpu = 0; *rss = 0; long hz = sysconf(_SC_CLK_TCK);
    for (int i = 0; i < o_npids; i++) {
        char f[64], b[2048]; snprintf(f, sizeof f, "/proc/%d/stat", o_pids[i]); FILE *fp = fopen(f, "r"); if (!fp) continue;
        int n = fread(b, 1, sizeof b - 1, fp); fclose(fp); b[n > 0 ? n : 0] = 0;
        char *q = strrchr(b, ')'); unsigned long ut, st; long rs;
        if (q && sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld", &ut, &st, &rs) == 3) { *cpu += (double)(ut + st) / hz; *rss += rs * 4.0; }
    }
}
static int cmp64(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return x < y ? -1 : x > y; }
static int cmp32(const void *a, const void *b) { uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b; return x < y ? -1 : x > y; }

static void pump(int timeout_ms) {
    static struct epoll_event evs[1024];
    int n = epoll_wait(ep, evs, 1024, o_spin ? 0 : timeout_ms);
    for (int i = 0; i < n; i++) handle(evs[i].data.ptr, evs[i].events);
}
static conn *pick_pub(void) {
    static int rr; conn *best = NULL;
    for (int k = 0; k < o_pubs; k++) { conn *c = &cs[rr++ % o_pubs]; if (c->state == S_READY) { best = c; break; } }
    return best;
}
// one line for each connection, columns with tabs between them
static void read_values(const char *path) {
    FILE *f = fopen(path, "r"); if (!f) die("--values %s: %s", path, strerror(errno));
    char line[2048]; int cap = 0;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = 0;
        if (n_vals == cap) { cap = cap ? cap * 2 : 256; vals = realloc(vals, cap * sizeof *vals); }
        vals[n_vals] = calloc(MAXCOL, sizeof **vals);
        int col = 0; for (char *p = strtok(line, "\t"); p && col < MAXCOL; p = strtok(0, "\t")) vals[n_vals][col++] = strdup(p);
        n_vals++;
    }
    fclose(f);
}
// what was sent, acknowledged and delivered: "m KEY ACKED DELIVERIES SENDER" for each message, then "o KEY" as the first connection saw them
static void write_report(void) {
    FILE *f = fopen(o_report, "w"); if (!f) die("--report %s: %s", o_report, strerror(errno));
    char key[32]; memset(key, 0, sizeof key);
    for (uint64_t i = next_id > TBL ? next_id - TBL : 0; i < next_id; i++) { msg *m = &tbl[i & (TBL - 1)]; puthex(key, i); puthex(key + 12, m->ts / 1000); fprintf(f, "m %s%s %d %u %d\n", o_mark, key, m->acked, m->cnt, m->by); }
    for (uint64_t k = 0; k < n_seen0; k++) { if (next_id - seen0[k] > TBL) continue; puthex(key, seen0[k]); puthex(key + 12, tbl[seen0[k] & (TBL - 1)].ts / 1000); fprintf(f, "o %s%s\n", o_mark, key); }
    fclose(f);
}
// how many living members differ from the first one in what they got, or in its order
static int count_strays(void) {
    int strays = 0;
    for (int i = nobcast ? o_pubs : 0; i < ncs; i++) if (cs[i].state == S_READY && (cs[i].got != cs[nobcast ? o_pubs : 0].got || cs[i].order != cs[nobcast ? o_pubs : 0].order)) strays++;
    return strays;
}
// all but the first are cut off at once, miss messages, come back with their cursor and catch up
static int storm(uint64_t t0) {
    storming = 1; n_members = n_ready; int all = n_ready; (void)t0;
    for (int k = 0; k < 20; k++) { publish(&cs[0], now_ns()); while (tbl[next_id - 1].cnt < (uint32_t)all) { pump(10); if (now_ns() - tbl[next_id - 1].ts > 10e9) die("not everybody got message %d before the storm", k); } }
    uint64_t at = cursor; sent_before = next_id;
    uint64_t drop = now_ns();
    for (int i = 1; i < ncs; i++) if (cs[i].state == S_READY) { close(cs[i].fd); free(cs[i].in); free(cs[i].out); cs[i].in = cs[i].out = 0; cs[i].in_len = cs[i].in_cap = cs[i].out_len = cs[i].out_off = cs[i].out_cap = 0; cs[i].step = 0; n_ready--; }
    for (int k = 0; k < o_storm; k++) publish(&cs[0], now_ns());
    cursor = at; storming = 0; o_step[0] = o_again;
    int started = 1; uint64_t want = 20 + o_storm, back = 0, caught = 0, end = drop + (uint64_t)(o_setup_to * 1e9);
    while (now_ns() < end && !caught) {
        while (started < ncs && started - n_ready - n_dead < o_conc) start_conn(started++);
        pump(5);
        if (!back && started == ncs && n_ready + n_dead >= ncs) back = now_ns();
        if (back) { caught = now_ns(); for (int i = 0; i < ncs; i++) if (cs[i].state == S_READY && cs[i].got < want) { caught = 0; break; } }
    }
    int lacking = 0, more = 0; for (int i = 0; i < ncs; i++) { if (cs[i].got < want) lacking++; if (cs[i].got > want) more++; }
    printf("{\"label\":\"%s\",\"mode\":\"storm\",\"n\":%d,\"dead\":%d,\"missed\":%d,\"back_s\":%.3f,\"caught_up_s\":%.3f,\"lacking\":%d,\"doubled\":%d,\"strays\":%d}\n", o_label, ncs, n_dead, o_storm, back ? (back - drop) / 1e9 : -1.0, caught ? (caught - drop) / 1e9 : -1.0, lacking, more, count_strays());
    return 0;
}
int main(int ac, char **av) {
    o_pub = unescape("{mark}{pad}");
    for (int i = 1; i < ac; i++) {
        char *k = av[i];
#define OPT(s) (!strcmp(k, s) && i + 1 < ac)
        if (OPT("--mode")) o_mode = av[++i];
        else if (OPT("--host")) o_host = av[++i];
        else if (OPT("--host-header")) o_hosthdr = av[++i];
        else if (OPT("--port")) o_port = atoi(av[++i]);
        else if (OPT("--path")) o_path = av[++i];
        else if (OPT("--pub-path")) o_pubpath = av[++i];
        else if (OPT("--subprotocol")) o_subproto = av[++i];
        else if (OPT("--header")) o_hdr[n_hdr++ % MAXHDR] = av[++i];
        else if (OPT("--setup")) { if (n_step < MAXSTEP) o_step[n_step++] = unescape(av[++i]); }
        else if (OPT("--expect")) { if (n_expect < MAXSTEP) o_expect[n_expect++] = unescape(av[++i]); }
        else if (OPT("--publish")) o_pub = unescape(av[++i]);
        else if (OPT("--mark")) o_mark = av[++i];
        else if (OPT("--label")) o_label = av[++i];
        else if (OPT("--conns")) o_conns = atoi(av[++i]);
        else if (OPT("--pubs")) o_pubs = atoi(av[++i]);
        else if (OPT("--pad")) o_pad = atoi(av[++i]);
        else if (OPT("--window")) o_window = atoi(av[++i]);
        else if (OPT("--rate")) o_rate = atof(av[++i]);
        else if (OPT("--warm")) o_warm = atof(av[++i]);
        else if (OPT("--dur")) o_dur = atof(av[++i]);
        else if (OPT("--concurrency")) o_conc = atoi(av[++i]);
        else if (OPT("--setup-timeout")) o_setup_to = atof(av[++i]);
        else if (OPT("--hold-ms")) o_hold_ms = atoi(av[++i]);
        else if (OPT("--source-ips")) o_ips = atoi(av[++i]);
        else if (OPT("--drain-ms")) o_drainms = atoi(av[++i]);
        else if (OPT("--pid")) { char *s = strtok(av[++i], ","); while (s && o_npids < 64) { o_pids[o_npids++] = atoi(s); s = strtok(0, ","); } }
        else if (OPT("--values")) read_values(av[++i]);
        else if (OPT("--report")) o_report = av[++i];
        else if (OPT("--again")) o_again = unescape(av[++i]);
        else if (OPT("--missed")) o_storm = atoi(av[++i]);
        else if (!strcmp(k, "--binary")) o_binary = 1;
        else if (!strcmp(k, "--engineio-ping")) o_pubsub_echo = 1;
        else if (!strcmp(k, "--offer-deflate")) o_deflate = 1;
        else if (!strcmp(k, "--pubs-not-members")) nobcast = 1;
        else if (!strcmp(k, "--no-spin")) o_spin = 0;
        else if (!strcmp(k, "--json")) o_json = 1;
        else die("unknown or incomplete option %s", k);
    }
    struct rlimit rl = { 1 << 20, 1 << 20 }; if (setrlimit(RLIMIT_NOFILE, &rl)) { getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
    marklen = strlen(o_mark); echo_mode = !strcmp(o_mode, "echo");
    sa.sin_family = AF_INET; sa.sin_port = htons(o_port); inet_pton(AF_INET, o_host, &sa.sin_addr);
    ep = epoll_create1(0); tbl = calloc(TBL, sizeof *tbl); lat_one = malloc(sizeof *lat_one * LATCAP);
    if (o_pubs > o_conns) o_pubs = o_conns;
    ncs = o_conns; cs = calloc(ncs, sizeof *cs);
    for (int i = 0; i < o_pubs; i++) cs[i].is_pub = 1;
    double cpu0, rss0, cpu1, rss1, cpuC, rssC; proc_cpu_rss(&cpu0, &rss0);
    uint64_t t0 = now_ns(); int started = 0;
    while (n_ready + n_dead < ncs) {
        while (started < ncs && started - n_ready - n_dead < o_conc) start_conn(started++);
        pump(100);
        if (now_ns() - t0 > o_setup_to * 1e9) { fprintf(stderr, "[loadgen] setup timeout: ready %d dead %d of %d\n", n_ready, n_dead, ncs); break; }
    }
    uint64_t t1 = now_ns(); double csec = (t1 - t0) / 1e9;
    proc_cpu_rss(&cpuC, &rssC);
    if (n_ready == 0) die("no connection ready");
    int ready_at_start = n_ready;
    if (!strcmp(o_mode, "connect") || !strcmp(o_mode, "idle")) {
        uint64_t h = now_ns() + (uint64_t)o_hold_ms * 1000000; while (now_ns() < h) pump(20);
        proc_cpu_rss(&cpu1, &rss1);
        printf("{\"label\":\"%s\",\"mode\":\"%s\",\"n\":%d,\"ready\":%d,\"dead\":%d,\"connect_s\":%.3f,\"handshakes_per_s\":%.0f,\"server_cpu_s\":%.2f,\"cpu_us_per_handshake\":%.1f,\"rss_before_kb\":%.0f,\"rss_after_kb\":%.0f,\"kb_per_conn\":%.2f}\n",
            o_label, o_mode, ncs, n_ready, n_dead, csec, ready_at_start / csec, cpuC - cpu0, (cpuC - cpu0) * 1e6 / ready_at_start, rss0, rss1, (rss1 - rss0) / ready_at_start);
        return 0;
    }
    if (!strcmp(o_mode, "storm")) { int r = storm(t0); if (o_report) write_report(); return r; }
    n_members = nobcast ? n_ready - o_pubs : n_ready;
    uint64_t end = t1 + (uint64_t)((o_warm + o_dur) * 1e9), mstart = t1 + (uint64_t)(o_warm * 1e9), next_pub = t1, gap = o_rate > 0 ? (uint64_t)(1e9 / o_rate) : 0;
    uint64_t b_marks = 0, b_frames = 0, b_bytes = 0, b_reads = 0, b_comp = 0, t; last_progress = t1; double mcpu0 = 0, mrss; uint64_t ms_real = mstart;
    struct rusage ru0, ru1; getrusage(RUSAGE_SELF, &ru0); double peak = 0;
    uint64_t stalls = 0;
    while ((t = now_ns()) < end) {
        if (!measuring && t >= mstart) {
            measuring = 1; b_marks = tot_marks; b_frames = tot_frames; b_bytes = tot_bytes; b_reads = tot_reads; b_comp = completed; proc_cpu_rss(&mcpu0, &mrss); ms_real = t; getrusage(RUSAGE_SELF, &ru0);
        }
        int to = 100;
        if (echo_mode) {
            for (int i = 0; i < o_pubs; i++) while (cs[i].state == S_READY && cs[i].inflight < o_window) publish(&cs[i], now_ns());
        } else if (gap) {
            int k = 0;
            while (next_pub <= t && k++ < 256) { conn *c = pick_pub(); if (!c) break; publish(c, next_pub); next_pub += gap; }
            uint64_t d = next_pub > t ? next_pub - t : 0; to = d / 1000000; 
        } else {
            while (inflight < o_window) { conn *c = pick_pub(); if (!c) break; publish(c, now_ns()); }
            if (t - last_progress > 1000000000ull) { dropped_msgs += inflight; inflight = 0; last_progress = t; stalls++; if (stalls > 3) break; }
        }
        pump(to);
        if (n_ready == 0) break;
    }
    t = now_ns(); proc_cpu_rss(&cpu1, &rss1); getrusage(RUSAGE_SELF, &ru1);
    double sec = (t - ms_real) / 1e9;
    m_marks = tot_marks - b_marks; m_frames = tot_frames - b_frames; m_bytes = tot_bytes - b_bytes; m_reads = tot_reads - b_reads; m_completed = completed - b_comp;
    measuring = 0; uint64_t de = t + (uint64_t)o_drainms * 1000000; while ((inflight > 0 || (n_acked && n_acked + n_refused < next_id)) && now_ns() < de && n_ready) pump(10);
    uint64_t *L = malloc(8 * (next_id + 1)), *F = malloc(8 * (next_id + 1)); uint64_t nl = 0, incomplete = 0, miss = 0; (void)peak;
    if (!echo_mode) for (uint64_t i = next_id > TBL ? next_id - TBL : 0; i < next_id; i++) {
        msg *m = &tbl[i & (TBL - 1)]; if (!m->meas) continue;
        if ((int)m->cnt < n_members) { incomplete++; miss += n_members - m->cnt; continue; }
        L[nl] = (m->last - m->ts) / 1000; F[nl++] = (m->first - m->ts) / 1000;
    }
    qsort(L, nl, 8, cmp64); qsort(F, nl, 8, cmp64); qsort(lat_one, n_lat_one, 4, cmp32);
    double lcpu = (ru1.ru_utime.tv_sec - ru0.ru_utime.tv_sec + ru1.ru_stime.tv_sec - ru0.ru_stime.tv_sec) + (ru1.ru_utime.tv_usec - ru0.ru_utime.tv_usec + ru1.ru_stime.tv_usec - ru0.ru_stime.tv_usec) / 1e6;
#define Q(a, n, q) ((n) ? (double)(a)[(uint64_t)((q) * ((n) - 1))] / 1000.0 : -1.0)
    double p50 = echo_mode ? Q(lat_one, n_lat_one, .5) : Q(L, nl, .5), p99 = echo_mode ? Q(lat_one, n_lat_one, .99) : Q(L, nl, .99), pmax = echo_mode ? Q(lat_one, n_lat_one, 1) : Q(L, nl, 1);
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"n\":%d,\"ready\":%d,\"dead\":%d,\"rate\":%.2f,\"window\":%d,\"sec\":%.2f,\"deliveries_per_s\":%.0f,\"msgs_per_s\":%.1f,\"frames_per_s\":%.0f,\"MB_per_s\":%.1f,\"frames_per_read\":%.2f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,\"first_p50_ms\":%.2f,\"msgs\":%llu,\"incomplete\":%llu,\"missing\":%llu,\"stalls\":%llu,\"sent\":%llu,\"acked\":%llu,\"refused\":%llu,\"unfinished\":%d,\"strays\":%d,\"server_cpu\":%.2f,\"loadgen_cpu\":%.2f,\"server_rss_mb\":%.1f,\"handshakes_per_s\":%.0f,\"kb_per_conn_connect\":%.2f}\n",
        o_label, o_mode, ncs, n_ready, n_dead, o_rate, o_window, sec, m_marks / sec, (echo_mode ? m_marks : m_completed) / sec, m_frames / sec, m_bytes / sec / 1e6, m_reads ? (double)m_frames / m_reads : 0, p50, p99, pmax, Q(F, nl, .5),
        (unsigned long long)nl, (unsigned long long)incomplete, (unsigned long long)miss, (unsigned long long)stalls, (unsigned long long)next_id, (unsigned long long)n_acked, (unsigned long long)n_refused, inflight, echo_mode ? 0 : count_strays(), (cpu1 - mcpu0) / sec, lcpu / sec, rss1 / 1024, ready_at_start / csec, (rssC - rss0) / ready_at_start);
    if (o_report) write_report();
    return 0;
}
