/*
 * Constraints: one comparison each, of values of axes, numbers and words. Words and operators
 * have blanks between them, since paths have dots, dashes and slashes inside:
 *
 *	vm.pcp_batch * 6 <= vm.pcp_high
 *	machine != ../machines/one-node.yaml
 */
#include <stdio.h>
#include <string.h>

#include "tools/sweep.h"
#include "tools/sweep_number.h"

#define MOST_WORDS 64
#define MOST_AXES 256

/* What an expression comes to; of no kind: a text. */
struct amount {
	enum sweep_number_kind kind;
	double value;
	const char *text;
	bool is_axis;
};

struct rule {
	const struct sweep *sweep;
	const size_t *rows;
	struct conf_node at;
	struct conf_error *err;
	char words[1024], *word[MOST_WORDS + 1]; /* ends with NULL */
	unsigned nwords, next;
};

/* ---- words ----------------------------------------------------------------------------- */

static bool split(struct rule *r)
{
	const char *text = conf_text(r->at);
	char *at = NULL;

	if (strlen(text) >= sizeof(r->words))
		return conf_fail(r->at, r->err, "this constraint is too long");
	strcpy(r->words, text);
	for (char *w = strtok_r(r->words, " \t", &at); w; w = strtok_r(NULL, " \t", &at)) {
		if (r->nwords == MOST_WORDS)
			return conf_fail(r->at, r->err, "this constraint is too long");
		r->word[r->nwords++] = w;
	}
	r->word[r->nwords] = NULL;
	return true;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static const char *const comparisons[] = { "<", "<=", ">", ">=", "==", "!=", NULL };
static const char *const products[] = { "*", "/", NULL };
static const char *const sums[] = { "+", "-", NULL };

static bool is_operator(const char *word)
{
	return is_one_of(word, comparisons) || is_one_of(word, products) ||
	       is_one_of(word, sums);
}

/* ---- values ---------------------------------------------------------------------------- */

/* The axis's value in this combination, NULL when there is no such axis. */
static const char *axis_text(const struct rule *r, const char *key)
{
	for (size_t g = 0; g < r->sweep->ngroups; g++)
		for (size_t i = 0; i < r->sweep->groups[g].nkeys; i++)
			if (strcmp(r->sweep->groups[g].keys[i], key) == 0)
				return r->sweep->groups[g].columns[i].value[r->rows[g]].shown;
	return NULL;
}

/* The axis that a misspelt word may mean. */
static const char *nearest_axis(const struct rule *r, const char *word)
{
	const char *keys[MOST_AXES + 1];
	size_t n = 0;

	for (size_t g = 0; g < r->sweep->ngroups; g++)
		for (size_t i = 0; i < r->sweep->groups[g].nkeys && n < MOST_AXES; i++)
			keys[n++] = r->sweep->groups[g].keys[i];
	keys[n] = NULL;
	return conf_nearest(word, keys);
}

static bool operand(struct rule *r, struct amount *out)
{
	const char *word = r->word[r->next], *axis;
	struct sweep_number n;

	if (!word || is_operator(word))
		return conf_fail(r->at, r->err, "there should be an axis or a number %s '%s'",
				 word ? "before" : "behind",
				 word        ? word
				 : r->nwords ? r->word[r->nwords - 1]
					     : "");
	r->next++;
	axis = axis_text(r, word);
	n = axis ? sweep_number_of(word, axis) : sweep_number_parse(word);
	*out = (struct amount){ n.kind, (double)n.value, axis ? axis : word, axis != NULL };
	if (n.kind == SWEEP_NUMBER_PLAIN || n.kind == SWEEP_NUMBER_PERCENT)
		out->value /= 1000;
	return true;
}

/* Texts can only be compared, and as a whole. */
static bool need_number(struct rule *r, const struct amount *a)
{
	const char *near = a->is_axis ? NULL : nearest_axis(r, a->text);

	if (a->kind != SWEEP_NUMBER_NONE)
		return true;
	if (near)
		return conf_fail(r->at, r->err, "'%.100s' is no axis, did you mean '%s'?",
				 a->text, near);
	return conf_fail(r->at, r->err, "'%.100s' is neither an axis nor a number", a->text);
}

/* ---- expressions ----------------------------------------------------------------------- */

static bool product(struct rule *r, struct amount *out)
{
	struct amount b;

	if (!operand(r, out))
		return false;
	while (is_one_of(r->word[r->next], products)) {
		bool times = *r->word[r->next++] == '*';

		if (!operand(r, &b) || !need_number(r, out) || !need_number(r, &b))
			return false;
		if (times && out->kind != SWEEP_NUMBER_PLAIN && b.kind != SWEEP_NUMBER_PLAIN)
			return conf_fail(r->at, r->err,
					 "of two factors one should have no unit");
		if (!times && b.kind != SWEEP_NUMBER_PLAIN && b.kind != out->kind)
			return conf_fail(r->at, r->err,
					 "'%s' has a unit that cannot be divided by", b.text);
		if (!times && b.value == 0)
			return conf_fail(r->at, r->err, "'%s' is 0: no division by it", b.text);
		if (times)
			out->kind = out->kind == SWEEP_NUMBER_PLAIN ? b.kind : out->kind;
		else if (b.kind == out->kind)
			out->kind = SWEEP_NUMBER_PLAIN;
		out->value = times ? out->value * b.value : out->value / b.value;
	}
	return true;
}

static bool same_kind(struct rule *r, const struct amount *a, const struct amount *b)
{
	if (!need_number(r, a) || !need_number(r, b))
		return false;
	if (a->kind == b->kind)
		return true;
	return conf_fail(r->at, r->err,
			 "sizes, times, shares and bare numbers do not compare: which unit has "
			 "'%.100s'?",
			 (a->kind == SWEEP_NUMBER_PLAIN ? a : b)->text);
}

static bool sum(struct rule *r, struct amount *out)
{
	struct amount b;

	if (!product(r, out))
		return false;
	while (is_one_of(r->word[r->next], sums)) {
		bool plus = *r->word[r->next++] == '+';

		if (!product(r, &b) || !same_kind(r, out, &b))
			return false;
		out->value = plus ? out->value + b.value : out->value - b.value;
	}
	return true;
}

static bool compare(const char *operator, double a, double b)
{
	bool equal = operator[1] == '=';

	switch (*operator) {
	case '<':
		return equal ? a <= b : a < b;
	case '>':
		return equal ? a >= b : a > b;
	case '=':
		return !(a < b) && !(a > b);
	default:
		return a < b || a > b;
	}
}

static bool evaluate(struct rule *r, bool *holds)
{
	struct amount a, b;
	const char *operator;

	if (!split(r) || !sum(r, &a))
		return false;
	operator= r->word[r->next];
	if (!is_one_of(operator, comparisons))
		return conf_fail(r->at, r->err,
				 "a constraint compares: one of < <= > >= == != should stand "
				 "%s '%.100s'",
				 operator ? "for" : "behind",
				 operator ? operator : r->word[r->nwords - 1]);
	r->next++;
	if (!sum(r, &b))
		return false;
	if (r->word[r->next])
		return conf_fail(r->at, r->err, "one comparison is enough: '%.100s'",
				 r->word[r->next]);
	if ((a.kind == SWEEP_NUMBER_NONE || b.kind == SWEEP_NUMBER_NONE) &&
	    (a.is_axis || b.is_axis) && operator[1] == '=' && strchr("=!", *operator)) {
		*holds = (strcmp(a.text, b.text) == 0) == (*operator== '=');
		return true;
	}
	if (!same_kind(r, &a, &b))
		return false;
	*holds = compare(operator, a.value, b.value);
	return true;
}

bool sweep_rule_all(const struct sweep *s, const size_t rows[], bool *holds,
		    struct conf_error *err)
{
	*holds = true;
	for (size_t i = 0; *holds && i < conf_count(s->constraints); i++) {
		struct rule r = {
			.sweep = s, .rows = rows, .at = conf_item(s->constraints, i), .err = err
		};

		if (!evaluate(&r, holds))
			return false;
	}
	return true;
}
