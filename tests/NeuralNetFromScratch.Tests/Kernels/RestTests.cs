using System.Diagnostics;
using NeuralNetFromScratch.Kernels;

namespace NeuralNetFromScratch.Tests.Kernels;

public class RestTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    [Test]
    public void Waits_that_are_short_or_shorter_than_the_work_make_no_rest()
    {
        var rest = new Rest();
        rest.Follow(worked: 0, waited: Millisecond, now: 100);
        rest.Follow(worked: 50 * Millisecond, waited: 50 * Millisecond, now: 100);
        Assert.That(rest.Holds(100), Is.False);
    }

    [Test]
    public void A_long_wait_makes_a_rest_of_ten_milliseconds()
    {
        var rest = new Rest();
        long now = 1000 * Millisecond;
        rest.Follow(worked: Millisecond, waited: 4 * Millisecond, now);
        Assert.That(rest.Holds(now + 9 * Millisecond), Is.True);
        Assert.That(rest.Holds(now + 11 * Millisecond), Is.False);
    }

    [Test]
    public void Rests_double_up_to_half_a_second_and_begin_short_again_after_a_good_time()
    {
        var rest = new Rest();
        long now = 1000 * Millisecond;
        foreach (int length in (int[])[10, 20, 40, 80, 160, 320, 500, 500])
        {
            rest.Follow(worked: 0, waited: 4 * Millisecond, now);
            Assert.That(rest.Holds(now + (length - 1) * Millisecond), Is.True, $"{length} ms");
            Assert.That(rest.Holds(now + (length + 1) * Millisecond), Is.False, $"{length} ms");
            now += (length + 2) * Millisecond;
        }

        now += 600 * Millisecond;
        rest.Follow(worked: 0, waited: 4 * Millisecond, now);
        Assert.That(rest.Holds(now + 11 * Millisecond), Is.False);
    }
}
