/* test_xml.c - the tolerant XML reader: what it mends, what it refuses, its caps. */
#include "gb28181/proto/gb_xml.h"

#include <string.h>

/** A tree as `Name[Num=2](Child="text" Other(...))`. */
static void dump_node(GString *out, const gb_xml_node *node) {
	g_autofree char *text = gb_xml_text(node, 4096);
	g_autofree char *number = gb_xml_attribute(node, "Num");
	g_string_append(out, gb_xml_name(node));
	if(number)
		g_string_append_printf(out, "[%s]", number);
	if(text)
		g_string_append_printf(out, "=%s", text);
	if(!gb_xml_first(node))
		return;
	g_string_append_c(out, '(');
	for(const gb_xml_node *at = gb_xml_first(node); at; at = gb_xml_next(at)) {
		if(at != gb_xml_first(node))
			g_string_append_c(out, ' ');
		dump_node(out, at);
	}
	g_string_append_c(out, ')');
}

static gb_result dump(const char *text, size_t len, char **ret_dump, bool *ret_repaired) {
	const gb_xml_options options = {.whole = "Item"};
	g_autoptr(gb_xml) xml = NULL;
	gb_result result = gb_xml_parse(text, len, &options, &xml);
	*ret_dump = NULL;
	if(result != GB_OK) {
		g_assert_null(xml);
		return result;
	}
	GString *out = g_string_new(NULL);
	dump_node(out, gb_xml_root(xml));
	*ret_dump = g_string_free(out, FALSE);
	*ret_repaired = gb_xml_repaired(xml);
	return result;
}

typedef struct {
	const char *name;
	const char *input;
	const char *expected; /**< NULL: GB_BAD */
	bool repaired;
} row;

static const row rows[] = {
	{"plain", "<A><B>x</B><C/></A>", "A(B=x C)", false},
	{"declaration", "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<A>x</A>\r\n", "A=x", false},
	{"standalone", "<?xml version=\"1.0\" encoding=\"GB2312\" standalone=\"yes\"?><A>x</A>", "A=x",
		false},
	{"wrong charset declared", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><A>\xe9\x97\xa8</A>",
		"A=\xe9\x97\xa8", false},
	{"byte order mark", "\xef\xbb\xbf<A>x</A>", "A=x", false},
	{"leading blank lines", "\r\n\r\n <?xml version=\"1.0\"?><A>x</A>", "A=x", false},
	{"garbage before the root", "abc<A>x</A>", "A=x", true},
	{"declaration without end", "<?xml version=\"1.0\"<A>x</A>", "A=x", true},
	{"trailing garbage", "<A>x</A>\r\n</A><A>y</A>garbage", "A=x", true},
	{"trailing blanks", "<A>x</A>\r\n \t\r\n", "A=x", false},
	{"attribute", "<A><B Num=\"2\">x</B></A>", "A(B[2]=x)", false},
	{"attribute in single quotes", "<A Num='2'/>", "A[2]", false},
	{"attribute without quotes", "<A Num=2><B/></A>", "A[2](B)", false},
	{"attribute without quotes, closed", "<A Num=2/>", "A[2]", false},
	{"attribute with blanks", "<A  Num = \"2\" ><B/></A >", "A[2](B)", false},
	{"attribute twice", "<A Num=\"2\" num=\"3\"/>", "A[2]", false},
	{"attributes without a blank", "<A x=\"1\"Num=\"2\"/>", "A[2]", false},
	{"attribute with & and >", "<A Num=\"a&b>c\"/>", "A[a&b>c]", true},
	{"ampersand", "<A><B>R&D</B></A>", "A(B=R&D)", true},
	{"ampersand at the end", "<A><B>R&</B></A>", "A(B=R&)", true},
	{"unknown entity", "<A><B>a&nbsp;b</B></A>", "A(B=a&nbsp;b)", true},
	{"known entities", "<A>&lt;&amp;&gt;&quot;&apos;</A>", "A=<&>\"'", false},
	{"character reference", "<A>&#65;&#x42;&#x4E2d;</A>", "A=AB\xe4\xb8\xad", false},
	{"bad character reference", "<A>a&#0;b&#x1;&#xD800;&#99999999;</A>",
		"A=a&#0;b&#x1;&#xD800;&#99999999;", true},
	{"less-than in text", "<A><B>a<3 b</B><C>y</C></A>", "A(B C=y)", true},
	{"less-than twice", "<A><B>a<<b</B><C>y</C></A>", "A(B C=y)", true},
	{"less-than before blank", "<A><B>a < b</B><C>y</C></A>", "A(B C=y)", true},
	{"less-than before letters", "<A><B>a<b c d</B><C>y</C></A>", "A(B C=y)", true},
	{"tag that is not ASCII", "<A><B>a<\xe9\x97\xa8></B><C>y</C></A>", "A(B C=y)", true},
	{"tag inside text", "<A><B>a<i>c</B><C>y</C></A>", "A(B(i=c) C=y)", true},
	{"end tag inside text", "<A><B>a</x>c</B><C>y</C></A>", "A(B C=y)", true},
	{"empty tag", "<A><B>a<></B><C>y</C></A>", "A(B C=y)", true},
	{"empty end tag", "<A><B>a</></B><C>y</C></A>", "A(B C=y)", true},
	{"greater-than in text", "<A><B>a>b]]>c</B></A>", "A(B=a>b]]>c)", false},
	{"less-than between items", "<L> < <Item>1</Item> <3 <Item>2</Item></L>", "L(Item=1 Item=2)",
		true},
	{"garbage between items", "<L><Item>1</Item>zzz<Item>2</Item></L>", "L(Item=1 Item=2)", true},
	{"extra end tag", "<L><Item>1</Item></Item><Item>2</Item></L>", "L(Item=1 Item=2)", true},
	{"missing end of item", "<L><Item><N>1</N><Item><N>2</N></Item></L>", "L(Item(N=1) Item(N=2))",
		true},
	{"missing end of leaf", "<L><Item><N>1</Item><Item><N>2</N></Item></L>",
		"L(Item(N=1) Item(N=2))", true},
	{"end tag in another case", "<A><DeviceId>1</DeviceID></A>", "A(DeviceId=1)", false},
	{"end tag without its end", "<A><B>x</B<C>y</C></A>", "A(B=x C=y)", true},
	{"end tag with noise", "<A><B>x</B foo><C>y</C></A>", "A(B=x C=y)", true},
	{"cut in the root's end", "<A><B>x</B></A", "A(B=x)", true},
	{"cut after </", "<A><B>x</B></", "A(B=x)", true},
	{"cut after <", "<A><B>x</B><", "A(B=x)", true},
	{"cut before the root's end", "<A><B>x</B>", "A(B=x)", true},
	{"cut in an end tag", "<A><B>x</", "A(B=x)", true},
	{"cut in a longer end tag", "<A><Bcd>x</Bc", "A(Bcd=x)", true},
	{"cut in another's end tag", "<A><B>x</Q", "A(B=x)", true},
	{"cut in a text", "<A><B>x</B><C>123", "A(B=x C)", true},
	{"cut in a start tag", "<A><B>x</B><Cd", "A(B=x)", true},
	{"cut in an attribute", "<A><B>x</B><C Num=\"1", "A(B=x)", true},
	{"cut in an item", "<L><Item><N>1</N></Item><Item><N>2</N><M>3", "L(Item(N=1))", true},
	{"cut after fields of an item", "<L><Item><N>1</N></Item><Item><N>2</N>", "L(Item(N=1))", true},
	{"cut in the end of an item", "<L><Item><N>1</N></Item><Item><N>2</N></It",
		"L(Item(N=1) Item(N=2))", true},
	{"cut in the only item", "<A><L><Item><N>1</N>", "A(L)", true},
	{"blank element", "<A><B> </B><C>\r\n</C><D></D></A>", "A(B C D)", false},
	{"text is trimmed", "<A><B> ON \r\n</B></A>", "A(B=ON)", false},
	{"text with inner blanks", "<A>a  b</A>", "A=a  b", false},
	{"comment", "<!-- x --><A><!-- <B> --><C>y</C></A>", "A(C=y)", false},
	{"comment in a text", "<A>a<!-- x -->b</A>", "A=ab", false},
	{"comment without end", "<A><!-- x<C>y</C></A>", "A(C=y)", true},
	{"CDATA", "<A><B><![CDATA[a<b>&amp;c]]></B></A>", "A(B=a<b>&amp;c)", false},
	{"CDATA between texts", "<A>x<![CDATA[&]]>y</A>", "A=x&y", false},
	{"CDATA without end", "<A><B><![CDATA[a</B><C>y</C></A>", "A(B C=y)", true},
	{"processing instruction", "<A><?php x ?><B>y</B></A>", "A(B=y)", false},
	{"namespace", "<s:A xmlns:s=\"urn:x\" xmlns=\"urn:y\"><s:B s:Num=\"1\">x</s:B></s:A>", "A(B=x)",
		false},
	{"control bytes",
		"<A>a\x01"
		"b</A>",
		"A=ab", true},
	{"not a character", "<A>a\xef\xbf\xbf\xef\xbf\xbe\xef\xbf\xbd</A>", "A=a\xef\xbf\xbd", true},
	{"nothing", "", NULL, false},
	{"blank", " \r\n", NULL, false},
	{"no tag", "hello", NULL, false},
	{"only a declaration", "<?xml version=\"1.0\"?>", NULL, false},
	{"only an end tag", "</A>", NULL, false},
	{"doctype", "<!DOCTYPE A><A>x</A>", NULL, false},
	{"doctype in lower case", "<!doctype A SYSTEM \"file:///etc/passwd\"><A>x</A>", NULL, false},
	{"doctype inside", "<A><!DOCTYPE A [<!ENTITY b \"c\">]>&b;</A>", NULL, false},
	{"entity declaration", "<A><!ENTITY b \"c\">x</A>", NULL, false},
	{"not UTF-8", "<A>\xc3\xc5</A>", NULL, false},
};

static void test_table(void) {
	for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const row *r = &rows[i];
		g_autofree char *got = NULL;
		bool repaired = false;
		g_test_message("%s", r->name);
		gb_result result = dump(r->input, strlen(r->input), &got, &repaired);
		g_assert_cmpint(result, ==, r->expected ? GB_OK : GB_BAD);
		g_assert_cmpstr(got, ==, r->expected);
		if(r->expected)
			g_assert_cmpint(repaired, ==, r->repaired);
	}
}

/** A cut at any byte gives what stood before it, or nothing at all; never a half text. */
static void test_every_cut(void) {
	static const char text[] =
		"<?xml version=\"1.0\"?><R><S>123</S><L Num=\"2\"><Item><N>aaa</N></Item>"
		"<Item><N>bbb</N></Item></L></R>";
	for(size_t len = 0; len < sizeof(text) - 1; len++) {
		g_autofree char *copy = (char *)g_memdup2(text, len);
		g_autofree char *got = NULL;
		bool repaired = false;
		if(dump(len ? copy : "", len, &got, &repaired) != GB_OK)
			continue;
		g_assert_true(repaired);
		g_assert_true(!strstr(got, "=1") || strstr(got, "=123"));
		g_assert_true(!strstr(got, "=a") || strstr(got, "Item(N=aaa)"));
		g_assert_true(!strstr(got, "=b") || strstr(got, "Item(N=bbb)"));
	}
}

static void test_find(void) {
	g_autoptr(gb_xml) xml = NULL;
	static const char text[] = "<A><deviceid>1</deviceid><DeviceID>2</DeviceID><Num>3</Num></A>";
	g_assert_cmpint(gb_xml_parse(text, strlen(text), NULL, &xml), ==, GB_OK);
	const gb_xml_node *root = gb_xml_root(xml);
	g_autofree char *exact = gb_xml_text(gb_xml_child(root, "DeviceID"), 100);
	g_autofree char *similar = gb_xml_text(gb_xml_child(root, "DEVICEID"), 100);
	g_assert_cmpstr(exact, ==, "2");
	g_assert_cmpstr(similar, ==, "1");
	g_assert_null(gb_xml_child(root, "Device"));
	g_assert_null(gb_xml_child(NULL, "Device"));
	g_assert_null(gb_xml_text(NULL, 100));
	g_assert_null(gb_xml_text(root, 100));
	g_assert_null(gb_xml_attribute(NULL, "Num"));
	g_assert_null(gb_xml_attribute(root, "Num"));
	gb_xml_free(NULL);
}

static void test_text_cut(void) {
	g_autoptr(gb_xml) xml = NULL;
	static const char text[] = "<A>\xe9\x97\xa8\xe9\x97\xa8</A>";
	g_assert_cmpint(gb_xml_parse(text, strlen(text), NULL, &xml), ==, GB_OK);
	g_autofree char *one = gb_xml_text(gb_xml_root(xml), 5);
	g_autofree char *both = gb_xml_text(gb_xml_root(xml), 6);
	g_assert_cmpstr(one, ==, "\xe9\x97\xa8");
	g_assert_cmpstr(both, ==, "\xe9\x97\xa8\xe9\x97\xa8");
}

/** `count` times `open`, then `middle`, then `count` times `close`. */
static char *repeat(const char *open, const char *middle, const char *close, size_t count) {
	GString *out = g_string_new(NULL);
	for(size_t i = 0; i < count; i++)
		g_string_append(out, open);
	g_string_append(out, middle);
	for(size_t i = 0; i < count; i++)
		g_string_append(out, close);
	return g_string_free(out, FALSE);
}

static gb_result parse_with(const char *text, const gb_xml_options *options) {
	g_autoptr(gb_xml) xml = NULL;
	return gb_xml_parse(text, strlen(text), options, &xml);
}

static void test_caps(void) {
	const gb_xml_options bytes = {.max_bytes = 10};
	g_assert_cmpint(parse_with("<A>345</A>", &bytes), ==, GB_OK);
	g_assert_cmpint(parse_with("<A>3456</A>", &bytes), ==, GB_LIMIT);
	const gb_xml_options elements = {.max_elements = 3};
	g_assert_cmpint(parse_with("<A><B/><B/></A>", &elements), ==, GB_OK);
	g_assert_cmpint(parse_with("<A><B/><B/><B/></A>", &elements), ==, GB_LIMIT);
	const gb_xml_options depth = {.max_depth = 3};
	g_assert_cmpint(parse_with("<A><A><A>x</A></A></A>", &depth), ==, GB_OK);
	g_assert_cmpint(parse_with("<A><A><A><A/></A></A></A>", &depth), ==, GB_LIMIT);
	g_autofree char *fits = repeat("<A>", "x", "</A>", 16);
	g_autofree char *deep = repeat("<A>", "x", "</A>", 17);
	const gb_xml_options wide = {.max_depth = 1000};
	g_assert_cmpint(parse_with(fits, NULL), ==, GB_OK);
	g_assert_cmpint(parse_with(deep, NULL), ==, GB_LIMIT);
	g_assert_cmpint(parse_with(deep, &wide), ==, GB_LIMIT);
}

static void test_default_caps(void) {
	g_autofree char *big = g_malloc0(8u * 1024 * 1024 + 2);
	memset(big, ' ', 8u * 1024 * 1024 + 1);
	memcpy(big, "<A/>", 4);
	g_assert_cmpint(parse_with(big, NULL), ==, GB_LIMIT);
	big[8u * 1024 * 1024] = '\0';
	g_assert_cmpint(parse_with(big, NULL), ==, GB_OK);
	g_autofree char *many = repeat("<B/>", "", "", 1000000);
	g_autofree char *rooted = g_strconcat("<A>", many, "</A>", NULL);
	g_assert_cmpint(parse_with(rooted, NULL), ==, GB_LIMIT);
	/* One element fewer fits, root included. */
	memset(rooted + 3, ' ', 4);
	g_assert_cmpint(parse_with(rooted, NULL), ==, GB_OK);
}

static void test_long_text_and_name(void) {
	g_autofree char *text = repeat("\xe9\x97\xa8", "", "", 30000);
	g_autofree char *body = g_strconcat("<A><B>", text, "</B><C>y</C></A>", NULL);
	g_autoptr(gb_xml) xml = NULL;
	g_assert_cmpint(gb_xml_parse(body, strlen(body), NULL, &xml), ==, GB_OK);
	g_assert_true(gb_xml_repaired(xml));
	g_autofree char *kept = gb_xml_text(gb_xml_child(gb_xml_root(xml), "B"), G_MAXUINT32);
	g_assert_cmpuint(strlen(kept), ==, GB_XML_TEXT_MAX / 3 * 3);
	g_assert_true(g_utf8_validate(kept, -1, NULL));
	g_autofree char *name = repeat("n", "", "", GB_XML_NAME_MAX + 1);
	g_autofree char *long_tag = g_strconcat("<A><", name, "/><C>y</C></A>", NULL);
	g_autofree char *got = NULL;
	bool repaired = false;
	g_assert_cmpint(dump(long_tag, strlen(long_tag), &got, &repaired), ==, GB_OK);
	g_assert_cmpstr(got, ==, "A(C=y)");
	g_assert_true(repaired);
}

/** Openers without end must not make the pass quadratic, nor may many `&`. */
static void test_hostile_is_linear(void) {
	static const char *const openers[] = {
		"<!--", "<![CDATA[", "<?", "<a b=\"", "<", "</", "&", "</x>", "<a ", "&#x", "&amp"};
	for(size_t i = 0; i < G_N_ELEMENTS(openers); i++) {
		g_autofree char *many = repeat(openers[i], "", "", 800000);
		g_autofree char *body = g_strconcat("<A>", many, NULL);
		int64_t before = g_get_monotonic_time();
		gb_result result = parse_with(body, NULL);
		g_assert_true(result == GB_OK || result == GB_LIMIT);
		g_assert_cmpint(g_get_monotonic_time() - before, <, 20 * G_USEC_PER_SEC);
	}
}

/** What libxml2 finds wrong is nobody's business but ours: stderr stays empty. */
static void test_silent(void) {
	if(g_test_subprocess()) {
		for(size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
			g_autofree char *got = NULL;
			bool repaired = false;
			(void)dump(rows[i].input, strlen(rows[i].input), &got, &repaired);
		}
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("");
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xml/table", test_table);
	g_test_add_func("/xml/every-cut", test_every_cut);
	g_test_add_func("/xml/find", test_find);
	g_test_add_func("/xml/text-cut", test_text_cut);
	g_test_add_func("/xml/caps", test_caps);
	g_test_add_func("/xml/default-caps", test_default_caps);
	g_test_add_func("/xml/long-text-and-name", test_long_text_and_name);
	g_test_add_func("/xml/hostile-is-linear", test_hostile_is_linear);
	g_test_add_func("/xml/silent", test_silent);
	return g_test_run();
}
