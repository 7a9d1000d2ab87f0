// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of what a submission may name; a part of kestrel_submit.c. */

#include <kunit/test.h>

static void kestrel_submit_test_sync(struct kunit *test)
{
	static const struct {
		struct drm_kestrel_sync sync;
		bool ok;
	} cases[] = {
		{{.flags = 0, .point = 0}, true},
		{{.flags = 0, .point = 1}, false},
		{{.flags = 0, .point = BIT_ULL(32)}, false},
		{{.flags = DRM_KESTREL_SYNC_TIMELINE, .point = 0}, false},
		{{.flags = DRM_KESTREL_SYNC_TIMELINE, .point = 1}, true},
		{{.flags = DRM_KESTREL_SYNC_TIMELINE, .point = BIT_ULL(32)}, true},
		{{.flags = DRM_KESTREL_SYNC_TIMELINE, .point = U64_MAX}, true},
		{{.flags = 2, .point = 0}, false},
		{{.flags = 2 | DRM_KESTREL_SYNC_TIMELINE, .point = 1}, false},
		{{.flags = BIT(31), .point = 0}, false},
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, kestrel_sync_ok(&cases[i].sync), cases[i].ok,
				    "flags 0x%x, point %llu", cases[i].sync.flags,
				    cases[i].sync.point);
}

static struct kunit_case kestrel_submit_test_cases[] = {
	KUNIT_CASE(kestrel_submit_test_sync),
	{},
};

static struct kunit_suite kestrel_submit_test_suite = {
	.name = "kestrel_submit",
	.test_cases = kestrel_submit_test_cases,
};
kunit_test_suite(kestrel_submit_test_suite);
