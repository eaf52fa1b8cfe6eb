using System.Diagnostics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

public class HelperBackoffTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private HelperBackoff _rest;
    private long _now;

    [SetUp]
    public void Begin() => (_rest, _now) = (new HelperBackoff(), 1000 * Millisecond);

    [Test]
    public void Waits_that_are_short_or_shorter_than_the_work_make_no_rest()
    {
        for (int job = 0; job < 10; job++)
        {
            Job(worked: 0, waited: 1);
            Job(worked: 50, waited: 50);
        }

        Assert.That(RestLength(), Is.Zero);
    }

    [Test]
    public void A_wait_after_a_good_time_is_worth_it_and_one_soon_after_it_is_not()
    {
        Job();
        Job(waited: 4);
        Assert.That(RestLength(), Is.Zero, "after a second");
        GetOn(7);
        Job(waited: 4);
        Assert.That(RestLength(), Is.Zero, "after 7 ms");
        GetOn(5);
        Job(waited: 4);
        Assert.That(RestLength(), Is.EqualTo(2), "after 5 ms");
    }

    [Test]
    public void The_more_helpers_there_are_the_sooner_a_wait_is_worth_it()
    {
        GetOn(10, helpers: 7);
        Job(helpers: 7, came: 7, waited: 4);
        GetOn(1, helpers: 7);
        Job(helpers: 7, came: 7, waited: 4);
        Assert.That(RestLength(), Is.Zero);
    }

    [Test]
    public void Helpers_that_do_not_come_are_left_alone_unless_most_of_the_time_one_comes()
    {
        GetOn(10);
        for (int job = 0; job < 100; job++)
        {
            Job(helpers: 2, came: job % 2);
            Job(helpers: 2, came: 1);
        }

        Assert.That(RestLength(), Is.Zero);
        for (int job = 0; job < 15; job++)
            Job(came: 0, worked: 1);
        Assert.That(RestLength(), Is.Zero);
        Job(came: 0, worked: 1);
        Assert.That(RestLength(), Is.EqualTo(2));
    }

    [Test]
    public void Rests_double_up_to_an_eighth_of_a_second_and_begin_short_again_after_a_good_time()
    {
        GetOn(10);
        foreach (int length in (int[])[2, 4, 8, 16, 32, 64, 125, 125])
        {
            for (int job = 0; job < 16; job++)
                Job(came: 0, worked: 1);
            Assert.That(RestLength(), Is.EqualTo(length));
            _now += length * Millisecond;
        }

        GetOn(150);
        for (int job = 0; job < 100; job++)
            Job(came: 0);
        Assert.That(RestLength(), Is.Zero, "a moment without help");
        for (int job = 0; job < 8; job++)
            Job(came: 0, worked: 1);
        Assert.That(RestLength(), Is.EqualTo(2));
    }

    [Test]
    public void Waits_that_were_worth_it_shorten_the_next_rest()
    {
        GetOn(10);
        foreach (int length in (int[])[2, 4, 8, 16])
        {
            for (int job = 0; job < 16; job++)
                Job(came: 0, worked: 1);
            _now += length * Millisecond;
        }

        GetOn(7);
        Job(waited: 4);
        for (int job = 0; job < 16; job++)
            Job(came: 0, worked: 1);
        Assert.That(RestLength(), Is.EqualTo(16), "half of the last, doubled");
    }

    private void Job(int helpers = 1, int came = 1, int worked = 0, int waited = 0)
    {
        _now += (worked + waited) * Millisecond;
        _rest.Follow(helpers, came, worked * Millisecond, waited * Millisecond, _now);
    }

    private void GetOn(int milliseconds, int helpers = 1)
    {
        for (int job = 0; job < milliseconds; job++)
            Job(helpers, came: helpers, worked: 1);
    }

    /// <summary>Whole milliseconds that are left of a rest.</summary>
    private int RestLength()
    {
        int length = 0;
        while (_rest.Holds(_now + length * Millisecond))
            length++;
        return length;
    }
}
