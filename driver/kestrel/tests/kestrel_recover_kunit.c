// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The presil authors
/* Tests of finding a job's record; a part of kestrel_recover.c. */

#include <kunit/test.h>

static void kestrel_recover_test_job_record(struct kunit *test)
{
	struct kestrel_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->call_count = 3;
	KUNIT_EXPECT_EQ(test, kestrel_job_records(job), 4);

	job->first_record = 10;
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, 10), 0);
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, 13), 3);
	KUNIT_EXPECT_GE(test, kestrel_job_record(job, 14), kestrel_job_records(job));
	KUNIT_EXPECT_GE(test, kestrel_job_record(job, 9), kestrel_job_records(job));

	/* The job's records lie on both sides of 2^32. */
	job->first_record = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, U32_MAX - 1), 0);
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, U32_MAX), 1);
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, 0), 2);
	KUNIT_EXPECT_EQ(test, kestrel_job_record(job, 1), 3);
	KUNIT_EXPECT_GE(test, kestrel_job_record(job, 2), kestrel_job_records(job));
	KUNIT_EXPECT_GE(test, kestrel_job_record(job, U32_MAX - 2), kestrel_job_records(job));
}

static struct kunit_case kestrel_recover_test_cases[] = {
	KUNIT_CASE(kestrel_recover_test_job_record),
	{},
};

static struct kunit_suite kestrel_recover_test_suite = {
	.name = "kestrel_recover",
	.test_cases = kestrel_recover_test_cases,
};
kunit_test_suite(kestrel_recover_test_suite);
