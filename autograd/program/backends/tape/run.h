/* The interpreter, for LANES examples at once: included twice by run.c. */

#define V(k) v[(size_t)pc[k] * LANES + l]
#define EACH for (int l = 0; l < LANES; l++)
/* The result may lie where an operand lies: compute all lanes before storing one. */
#define COMPUTE(expression)                                                                        \
    do {                                                                                           \
        double found[LANES];                                                                       \
        EACH found[l] = (expression);                                                              \
        EACH V(1) = found[l];                                                                      \
    } while (0)
/* Compute all lanes at once, and call Python for those for which a condition does not hold. */
#define WHERE_USUAL(condition, expression)                                                         \
    do {                                                                                           \
        double first[LANES], second[LANES], found[LANES];                                          \
        int usual = 1;                                                                             \
        EACH                                                                                       \
        {                                                                                          \
            double x = first[l] = V(2), y = second[l] = V(3);                                      \
            (void)y;                                                                               \
            usual &= (condition);                                                                  \
            found[l] = (expression);                                                               \
        }                                                                                          \
        EACH V(1) = found[l];                                                                      \
        if (usual)                                                                                 \
            break;                                                                                 \
        EACH                                                                                       \
        {                                                                                          \
            double x = first[l], y = second[l];                                                    \
            if (!(condition) && IS_RUNNING && call_back(tape, pc[4], x, y, 2, &V(1)) < 0)          \
                return -1;                                                                         \
        }                                                                                          \
    } while (0)
#define IS_RUNNING (LANES == 1 || !failed[l])

FOR_EACH_PROCESSOR static int RUN(const Tape *tape, double *v, Failure *failure, int32_t *failed)
{
    const int32_t *pc = tape->code.code;
    (void)failure;
    (void)failed;
    for (;;) {
        switch (pc[0]) {
        case OP_ADD:
            COMPUTE(V(2) + V(3));
            pc += 4;
            break;
        case OP_SUB:
            COMPUTE(V(2) - V(3));
            pc += 4;
            break;
        case OP_MUL:
            COMPUTE(V(2) * V(3));
            pc += 4;
            break;
        case OP_MADD: {
            double found[LANES]; /* a product of its own: rounded before the addition */
            EACH found[l] = V(3) * V(4);
            EACH found[l] = V(2) + found[l];
            EACH V(1) = found[l];
            pc += 5;
            break;
        }
        case OP_DOT: {
            double total[LANES];
            int32_t count = pc[3];
            EACH total[l] = V(2);
            const int32_t *start = pc;
            for (pc += 4; count > 0; count--, pc += 2)
                EACH total[l] += V(0) * V(1);
            const int32_t *end = pc;
            pc = start;
            EACH V(1) = total[l];
            pc = end;
            break;
        }
        case OP_SUM: {
            double total[LANES];
            int32_t count = pc[3];
            EACH total[l] = V(2);
            const int32_t *start = pc;
            for (pc += 4; count > 0; count--, pc++)
                EACH total[l] += V(0);
            const int32_t *end = pc;
            pc = start;
            EACH V(1) = total[l];
            pc = end;
            break;
        }
        case OP_NEG:
            COMPUTE(-V(2));
            pc += 3;
            break;
        case OP_COPY:
            COMPUTE(V(2));
            pc += 3;
            break;
        case OP_ABS:
            COMPUTE(fabs(V(2)));
            pc += 3;
            break;
        case OP_RELU:
            COMPUTE((V(2) < 0.0 ? 0.0 : V(2)) + 0.0);
            pc += 3;
            break;
        case OP_SIGN:
            COMPUTE(V(2) == V(2) ? (double)(V(2) > 0.0) - (double)(V(2) < 0.0) : V(2));
            pc += 3;
            break;
        case OP_LT:
            COMPUTE(V(2) < V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_LE:
            COMPUTE(V(2) <= V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_GT:
            COMPUTE(V(2) > V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_GE:
            COMPUTE(V(2) >= V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_EQ:
            COMPUTE(V(2) == V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_NE:
            COMPUTE(V(2) != V(3) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_AND:
            COMPUTE(V(2) != 0.0 && V(3) != 0.0 ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_OR:
            COMPUTE(V(2) != 0.0 || V(3) != 0.0 ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_XOR:
            COMPUTE((V(2) != 0.0) != (V(3) != 0.0) ? 1.0 : 0.0);
            pc += 4;
            break;
        case OP_NOT:
            COMPUTE(V(2) == 0.0 ? 1.0 : 0.0);
            pc += 3;
            break;
        case OP_CHOOSE:
            COMPUTE(V(2) != 0.0 ? V(3) : V(4));
            pc += 5;
            break;
        case OP_DIV:
            WHERE_USUAL(y != 0.0, x / y);
            pc += 5;
            break;
        case OP_LIMIT: /* the exact form of a slope where cancellation has made it small */
            WHERE_USUAL(!(x < tape->limit), x);
            pc += 5;
            break;
        case OP_POWER:
            EACH
            {
                double x = V(2), y = V(3), found;
                if (!(usual_power(x, y, &found)) && IS_RUNNING &&
                    call_back(tape, pc[4], x, y, 2, &found) < 0)
                    return -1;
                V(1) = found;
            }
            pc += 5;
            break;
        case OP_UNARY: {
            double (*function)(double) = UNARY[pc[3]];
            EACH
            {
                double x = V(2), found = function(x);
                if (!(isfinite(x) && isfinite(found)) && IS_RUNNING &&
                    call_back(tape, pc[4], x, 0.0, 1, &found) < 0)
                    return -1;
                V(1) = found;
            }
            pc += 5;
            break;
        }
        case OP_BINARY: {
            double (*function)(double, double) = BINARY[pc[4]];
            EACH
            {
                double x = V(2), y = V(3), found = function(x, y);
                if (!(isfinite(x) && isfinite(y) && isfinite(found)) && IS_RUNNING &&
                    call_back(tape, pc[5], x, y, 2, &found) < 0)
                    return -1;
                V(1) = found;
            }
            pc += 6;
            break;
        }
        case OP_CALL:
            EACH
            {
                if (IS_RUNNING && call_many(tape, pc, v + l, LANES) < 0)
                    return -1;
            }
            pc += 4 + pc[3];
            break;
        case OP_GUARD:
#if LANES == 1
        {
            int l = 0;
            if ((V(1) != 0.0) != (pc[3] != 0)) {
                failure->number = pc[4];
                failure->value = V(2);
                return 1;
            }
        }
#else
        {
            int running = 0;
            EACH
            {
                if ((V(1) != 0.0) != (pc[3] != 0) && !failed[l])
                    failed[l] = pc[4] + 1;
                running += !failed[l];
            }
            if (!running)
                return 0;
        }
#endif
            pc += 5;
            break;
        default: /* OP_END */
            return 0;
        }
    }
}

#undef V
#undef EACH
#undef COMPUTE
#undef WHERE_USUAL
#undef IS_RUNNING
