/* From records to code: what is computed twice is computed once, what nothing uses is left out,
   chains of additions become one instruction, and results share memory. */

#include "tape.h"
#include <string.h>

static const int8_t OPERANDS[] = {
#define X(name, operands, calls) operands,
    OPERATIONS(X)
#undef X
};

static const int8_t CALLS[] = {
#define X(name, operands, calls) calls,
    OPERATIONS(X)
#undef X
};

enum chain { NO_CHAIN, PRODUCTS, NUMBERS };

typedef struct {
    const Source *source;
    Record *records; /* with operands replaced by what is the same */
    int32_t *arguments;
    int32_t *outputs;
    int32_t *same; /* for each number of an operand the one that is the same */
    int32_t *uses;
    int32_t *last; /* the position of the last use */
    int32_t *slot;
    int32_t *before; /* in a chain the record before this one, or -1 */
    int32_t *length;
    char *chain;
    char *absorbed; /* computed by another record */
    char *needed;
    int32_t *operands; /* of one instruction */
    Py_ssize_t base;   /* the number of the first result */
} Work;

static int check(const Source *source)
{
    Py_ssize_t base = source->constants + source->inputs;
    for (Py_ssize_t i = 0; i < source->count; i++) {
        const Record *r = source->records + i;
        int op = r->op & ~KEEP;
        if (op < 0 || op >= OPERATION_COUNT)
            goto damaged;
        if (CALLS[op] && (r->call < 0 || r->call >= source->calls))
            goto damaged;
        if (op == OP_GUARD && r->call < 0)
            goto damaged;
        const int32_t *first = &r->a;
        Py_ssize_t count = OPERANDS[op];
        if (op == OP_CALL) {
            if (r->a < 0 || r->b < 0 || r->b > source->argument_count ||
                r->a > source->argument_count - r->b)
                goto damaged;
            first = source->arguments + r->a;
            count = r->b;
        }
        for (Py_ssize_t k = 0; k < count; k++)
            if (first[k] < 0 || first[k] >= base + i)
                goto damaged;
    }
    for (Py_ssize_t k = 0; k < source->output_count; k++)
        if (source->outputs[k] < 0 || source->outputs[k] >= base + source->count)
            goto damaged;
    return 0;
damaged:
    PyErr_SetString(PyExc_ValueError, "the records of a tape refer to something that is not there");
    return -1;
}

/* Return the operands of a record before chains. */
static int32_t *operands_of(Work *w, Py_ssize_t i, Py_ssize_t *count)
{
    Record *r = w->records + i;
    int op = r->op & ~KEEP;
    if (op == OP_CALL) {
        *count = r->b;
        return w->arguments + r->a;
    }
    *count = OPERANDS[op];
    return &r->a;
}

static uint64_t hash_of(const Record *r)
{
    uint64_t h = (uint64_t)(uint32_t)r->op * 0x9E3779B97F4A7C15u;
    h = (h ^ (uint32_t)r->a) * 0xC2B2AE3D27D4EB4Fu;
    h = (h ^ (h >> 29) ^ (uint32_t)r->b) * 0x165667B19E3779F9u;
    h = (h ^ (h >> 32) ^ (uint32_t)r->c) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 31) ^ (uint32_t)r->call;
}

/* Find what is computed twice. */
static int merge(Work *w)
{
    Py_ssize_t count = w->source->count, size = 16;
    while (size < 2 * count)
        size *= 2;
    int32_t *table = PyMem_Malloc(size * sizeof(int32_t));
    if (table == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(table, 0xff, size * sizeof(int32_t));
    for (Py_ssize_t i = 0; i < w->base + count; i++)
        w->same[i] = (int32_t)i;
    for (Py_ssize_t i = 0; i < count; i++) {
        Record *r = w->records + i;
        Py_ssize_t n;
        int32_t *x = operands_of(w, i, &n);
        for (Py_ssize_t k = 0; k < n; k++)
            x[k] = w->same[x[k]];
        if (r->op == OP_COPY) {
            w->same[w->base + i] = r->a;
            continue;
        }
        if (r->op == OP_GUARD || (r->op & ~KEEP) == OP_CALL)
            continue;
        if ((r->op == OP_ADD || r->op == OP_MUL) && r->a > r->b) {
            int32_t a = r->a;
            r->a = r->b;
            r->b = a;
        }
        if (n < 2)
            r->b = 0;
        if (n < 3)
            r->c = 0;
        if (!CALLS[r->op & ~KEEP])
            r->call = 0;
        size_t at = hash_of(r) & (size - 1);
        while (table[at] >= 0 && memcmp(w->records + table[at], r, sizeof(Record)) != 0)
            at = (at + 1) & (size - 1);
        if (table[at] < 0)
            table[at] = (int32_t)i;
        else
            w->same[w->base + i] = (int32_t)w->base + table[at];
    }
    PyMem_Free(table);
    for (Py_ssize_t k = 0; k < w->source->output_count; k++)
        w->outputs[k] = w->same[w->outputs[k]];
    return 0;
}

/* Find what is needed, and count how often. */
static void count_uses(Work *w)
{
    for (Py_ssize_t k = 0; k < w->source->output_count; k++)
        w->uses[w->outputs[k]] += 2; /* so that no chain takes it */
    for (Py_ssize_t i = w->source->count; i-- > 0;) {
        Record *r = w->records + i;
        int kept = w->same[w->base + i] == w->base + i && ((r->op & KEEP) || r->op == OP_GUARD);
        if (!kept && w->uses[w->base + i] == 0)
            continue;
        w->needed[i] = 1;
        Py_ssize_t n;
        int32_t *x = operands_of(w, i, &n);
        for (Py_ssize_t k = 0; k < n; k++)
            w->uses[x[k]]++;
    }
}

/* Return whether a number is the result of an operation that only one instruction uses. */
static int is_alone(Work *w, int32_t x, int op)
{
    Py_ssize_t i = x - w->base;
    return i >= 0 && w->uses[x] == 1 && w->records[i].op == op && !w->absorbed[i];
}

/* Make chains: x + a*b + c*d + ..., and x + a + b + ..., in this order. */
static void chain(Work *w)
{
    for (Py_ssize_t i = 0; i < w->source->count; i++) {
        Record *r = w->records + i;
        w->before[i] = -1;
        if (!w->needed[i] || r->op != OP_ADD)
            continue;
        int kind = PRODUCTS;
        if (!is_alone(w, r->b, OP_MUL)) {
            if (is_alone(w, r->a, OP_MUL) || (is_alone(w, r->b, OP_ADD) &&
                                              w->chain[r->b - w->base] == NUMBERS)) {
                int32_t a = r->a;
                r->a = r->b;
                r->b = a;
            }
            kind = is_alone(w, r->b, OP_MUL) ? PRODUCTS : NUMBERS;
        }
        w->chain[i] = (char)kind;
        w->length[i] = 1;
        if (kind == PRODUCTS)
            w->absorbed[r->b - w->base] = 1;
        if (is_alone(w, r->a, OP_ADD) && w->chain[r->a - w->base] == kind) {
            w->before[i] = (int32_t)(r->a - w->base);
            w->length[i] = w->length[w->before[i]] + 1;
            w->absorbed[w->before[i]] = 1;
        }
    }
}

/* List what an instruction reads, after chains; return how many. */
static Py_ssize_t list_operands(Work *w, Py_ssize_t i)
{
    if (w->chain[i] == NO_CHAIN) {
        Py_ssize_t n;
        int32_t *x = operands_of(w, i, &n);
        memcpy(w->operands, x, n * sizeof(int32_t));
        return n;
    }
    Py_ssize_t width = w->chain[i] == PRODUCTS ? 2 : 1, n = 1 + w->length[i] * width, end = n;
    for (Py_ssize_t k = i; k >= 0; k = w->before[k]) {
        Record *r = w->records + k;
        if (width == 2) {
            Record *product = w->records + (r->b - w->base);
            w->operands[--end] = product->b;
            w->operands[--end] = product->a;
        } else {
            w->operands[--end] = r->b;
        }
        w->operands[0] = r->a;
    }
    return n;
}

static int32_t *append(Code *code, Py_ssize_t *capacity, Py_ssize_t more)
{
    if (code->length + more > *capacity) {
        Py_ssize_t larger = *capacity + *capacity / 2 + more + 256;
        int32_t *found = PyMem_Realloc(code->code, larger * sizeof(int32_t));
        if (found == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        code->code = found;
        *capacity = larger;
    }
    int32_t *at = code->code + code->length;
    code->length += more;
    return at;
}

/* Write one instruction: `to` is where its result goes, `x` where its operands are. */
static int emit(Work *w, Code *code, Py_ssize_t *capacity, Py_ssize_t i, int32_t to, Py_ssize_t n)
{
    Record *r = w->records + i;
    int32_t op = r->op & ~KEEP, *x = w->operands, *at;
    code->operations += w->chain[i] == PRODUCTS ? 2 * w->length[i] : w->chain[i] ? w->length[i] : 1;
    code->callbacks += op == OP_CALL;
    if (w->chain[i] != NO_CHAIN && w->length[i] > 1) {
        if ((at = append(code, capacity, n + 3)) == NULL)
            return -1;
        *at++ = w->chain[i] == PRODUCTS ? OP_DOT : OP_SUM;
        *at++ = to;
        *at++ = x[0];
        *at++ = w->length[i];
        memcpy(at, x + 1, (n - 1) * sizeof(int32_t));
        return 0;
    }
    if (op == OP_CALL) {
        if ((at = append(code, capacity, n + 4)) == NULL)
            return -1;
        *at++ = op;
        *at++ = to;
        *at++ = r->call;
        *at++ = (int32_t)n;
        memcpy(at, x, n * sizeof(int32_t));
        return 0;
    }
    if ((at = append(code, capacity, 6)) == NULL)
        return -1;
    int32_t *start = at;
    if (op == OP_GUARD) {
        *at++ = op;
        *at++ = x[0];
        *at++ = x[1];
        *at++ = r->c != 0;
        *at++ = r->call;
    } else {
        int is_function = op >= OP_EXP;
        *at++ = w->chain[i] == PRODUCTS ? OP_MADD : !is_function ? op : n == 1 ? OP_UNARY : OP_BINARY;
        *at++ = to;
        for (Py_ssize_t k = 0; k < n; k++)
            *at++ = x[k];
        if (is_function)
            *at++ = op - (n == 1 ? OP_EXP : OP_ATAN2);
        if (CALLS[op])
            *at++ = r->call;
    }
    code->length -= 6 - (at - start);
    return 0;
}

/* Decide where each result is kept, and write the code. */
static int place(Work *w, Code *code)
{
    Py_ssize_t count = w->source->count, free_count = 0, capacity = 0, n;
    int32_t *free_slots = PyMem_Malloc((count + 1) * sizeof(int32_t));
    if (free_slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!w->needed[i] || w->absorbed[i])
            continue;
        n = list_operands(w, i);
        for (Py_ssize_t k = 0; k < n; k++)
            w->last[w->operands[k]] = (int32_t)i;
    }
    for (Py_ssize_t k = 0; k < w->source->output_count; k++)
        w->last[w->outputs[k]] = INT32_MAX;
    for (Py_ssize_t k = 0; k < w->base; k++)
        w->slot[k] = (int32_t)k;
    code->slots = w->base;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!w->needed[i] || w->absorbed[i])
            continue;
        n = list_operands(w, i);
        for (Py_ssize_t k = 0; k < n; k++) {
            int32_t x = w->operands[k];
            w->operands[k] = w->slot[x];
            if (x >= w->base && w->last[x] == i) {
                w->last[x] = -1;
                free_slots[free_count++] = w->slot[x];
            }
        }
        int32_t to = -1;
        if (w->records[i].op != OP_GUARD) {
            to = free_count ? free_slots[--free_count] : (int32_t)code->slots++;
            w->slot[w->base + i] = to;
            if (w->uses[w->base + i] == 0) /* it is kept for its errors */
                free_slots[free_count++] = to;
        }
        if (emit(w, code, &capacity, i, to, n) < 0) {
            PyMem_Free(free_slots);
            return -1;
        }
    }
    PyMem_Free(free_slots);
    int32_t *end = append(code, &capacity, 1);
    if (end == NULL)
        return -1;
    *end = OP_END;
    for (Py_ssize_t k = 0; k < w->source->output_count; k++)
        code->outputs[k] = w->slot[w->outputs[k]];
    return 0;
}

static void *zeros(size_t count, size_t size)
{
    return PyMem_Calloc(count + 1, size);
}

int assemble(const Source *source, Code *code)
{
    if (check(source) < 0)
        return -1;
    Work w = {source};
    w.base = source->constants + source->inputs;
    size_t count = source->count, all = count + w.base, arguments = source->argument_count;
    w.records = zeros(count, sizeof(Record));
    w.arguments = zeros(arguments, sizeof(int32_t));
    w.outputs = zeros(source->output_count, sizeof(int32_t));
    w.same = zeros(all, sizeof(int32_t));
    w.uses = zeros(all, sizeof(int32_t));
    w.last = zeros(all, sizeof(int32_t));
    w.slot = zeros(all, sizeof(int32_t));
    w.before = zeros(count, sizeof(int32_t));
    w.length = zeros(count, sizeof(int32_t));
    w.chain = zeros(count, 1);
    w.absorbed = zeros(count, 1);
    w.needed = zeros(count, 1);
    w.operands = zeros(2 * count + arguments + 8, sizeof(int32_t));
    code->outputs = zeros(source->output_count, sizeof(int32_t));
    int result = -1;
    if (w.records == NULL || w.arguments == NULL || w.outputs == NULL || w.same == NULL ||
        w.uses == NULL || w.last == NULL || w.slot == NULL || w.before == NULL ||
        w.length == NULL || w.chain == NULL || w.absorbed == NULL || w.needed == NULL ||
        w.operands == NULL || code->outputs == NULL) {
        PyErr_NoMemory();
    } else {
        memcpy(w.records, source->records, count * sizeof(Record));
        memcpy(w.arguments, source->arguments, arguments * sizeof(int32_t));
        memcpy(w.outputs, source->outputs, source->output_count * sizeof(int32_t));
        if (merge(&w) == 0) {
            count_uses(&w);
            chain(&w);
            result = place(&w, code);
        }
    }
    void *all_memory[] = {w.records, w.arguments, w.outputs, w.same,     w.uses,   w.last, w.slot,
                          w.before,  w.length,    w.chain,   w.absorbed, w.needed, w.operands};
    for (size_t k = 0; k < sizeof(all_memory) / sizeof(*all_memory); k++)
        PyMem_Free(all_memory[k]);
    return result;
}
