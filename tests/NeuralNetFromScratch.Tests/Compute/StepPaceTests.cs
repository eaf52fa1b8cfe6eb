using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>How many threads a training settles on, with durations that a test chooses for each number.</summary>
public class StepPaceTests
{
    private const int Rows = 64;

    [Test]
    public void All_threads_are_kept_if_they_are_faster()
    {
        var pace = Threads(8);
        (int[] counts, _) = Run(pace, steps: 20_000, threads => 1600 / threads);
        Assert.That(pace.Current.Threads, Is.EqualTo(8));
        Assert.That(counts[8] + counts[4], Is.EqualTo(20_000), "a quarter and less are not tried");
        Assert.That(counts[4], Is.LessThan(20_000 / 100));
    }

    [TestCase(2)]
    [TestCase(8)]
    [TestCase(7)]
    public void One_thread_works_alone_if_it_is_fastest_and_others_are_tried_seldom(int threads)
    {
        var pace = Threads(threads);
        (_, long time) = Run(pace, steps: 20_000, count => 1000 + 400 * (count - 1));
        Assert.That(pace.Current.Threads, Is.EqualTo(1));
        Assert.That(time / 20_000.0, Is.LessThan(1030));
    }

    [Test]
    public void An_odd_number_of_threads_is_never_exceeded()
    {
        var pace = Threads(7);
        (int[] counts, _) = Run(pace, steps: 20_000, threads => threads switch { 7 => 1000, 6 => 500, 3 => 800, _ => 2000 });
        Assert.That(pace.Current.Threads, Is.EqualTo(6), "half of seven, and twice of that");
        Assert.That(counts[8], Is.Zero);
    }

    [Test]
    public void Steps_that_have_another_size_from_now_on_are_compared_among_themselves()
    {
        var pace = Threads(2);
        Run(pace, StepPace.FirstDistance + 3, threads => threads == 1 ? 1000 : 600);
        for (int step = 0; step < 2 * StepPace.Steps + 2; step++)
            pace.Follow(2 * Rows, pace.Next.Threads == 1 ? 1000 : 1500);
        Assert.That(pace.Current.Threads, Is.EqualTo(1));
    }

    [Test]
    public void A_neighbour_that_goes_away_is_noticed()
    {
        var pace = Threads(2);
        Run(pace, 5000, threads => threads == 1 ? 1000 : 1500);
        Assert.That(pace.Current.Threads, Is.EqualTo(1));
        Run(pace, StepPace.LongestDistance + 3 * StepPace.Steps, threads => threads == 1 ? 1000 : 500);
        Assert.That(pace.Current.Threads, Is.EqualTo(2));
    }

    [Test]
    public void A_change_because_of_a_short_disturbance_is_soon_undone()
    {
        var pace = Threads(2);
        int[] counts = new int[3];
        for (int step = 0; step < 6000; step++)
        {
            // The disturbance covers the seventh comparison, which begins after step 3,180.
            bool isDisturbed = step is >= 3000 and < 3300;
            counts[pace.Next.Threads]++;
            pace.Follow(Rows, pace.Next.Threads == 1 ? 1000 : isDisturbed ? 1500 : 600);
        }

        Assert.That(pace.Current.Threads, Is.EqualTo(2));
        Assert.That(counts[1], Is.InRange(7 * StepPace.Steps, 600), "the disturbed steps, and comparisons");
    }

    [Test]
    public void A_few_slow_steps_and_a_small_gain_change_nothing()
    {
        var pace = Threads(2);
        int step = 0;
        Run(pace, 20_000, threads => threads == 1 ? 980 : ++step % 5 < 2 ? 1_000_000 : 1000);
        Assert.That(pace.Current.Threads, Is.EqualTo(2));
    }

    [Test]
    public void The_first_steps_with_another_number_of_threads_do_not_count()
    {
        // The helper still looks for work, and slows down the other half of its core.
        var pace = Threads(2);
        int alone = 0;
        Run(pace, 5000, threads => threads == 2 ? Again(1300) : ++alone <= 5 ? 1500 : 1000);
        Assert.That(pace.Current.Threads, Is.EqualTo(1));

        long Again(long time)
        {
            alone = 0;
            return time;
        }
    }

    [Test]
    public void Epochs_of_few_steps_with_a_short_one_are_compared()
    {
        var pace = Threads(2);
        for (int step = 0; step < 2000; step++)
            pace.Follow(step % 7 == 6 ? 1 : Rows, step % 7 == 6 ? 1 : pace.Next.Threads == 1 ? 1000 : 1500);
        Assert.That(pace.Current.Threads, Is.EqualTo(1));
    }

    [Test]
    public void Steps_of_other_sizes_are_not_compared()
    {
        var pace = Threads(2);
        for (int step = 0; step < 20_000; step++)
        {
            // The last of each eleven is short, and always with one thread it would look fast.
            bool isLast = step % 11 == 10;
            pace.Follow(isLast ? 1 : Rows, isLast ? 1 : pace.Next.Threads == 1 ? 1000 : 600);
        }

        Assert.That(pace.Current.Threads, Is.EqualTo(2));
    }

    [TestCase(8, 8, 1)]
    [TestCase(8, 8, 8)]
    [TestCase(6, 4, 4)]
    public void The_number_of_teams_approaches_the_fastest(int threads, int mostTeams, int first)
    {
        var pace = new StepPace(new(threads, mostTeams), new(threads, first));
        var divisions = new HashSet<StepDivision>();
        for (int step = 0; step < 2000; step++)
        {
            divisions.Add(pace.Next);
            pace.Follow(Rows, 8000 / pace.Next.Threads + 200 * Math.Abs(pace.Next.Teams - 2));
        }

        Assert.That(pace.Current, Is.EqualTo(new StepDivision(threads, 2)));
        Assert.That(divisions, Is.All.Matches<StepDivision>(division => division.Teams >= 1 && division.Teams <= Math.Min(mostTeams, division.Threads)));
    }

    [Test]
    public void A_fixed_number_of_threads_is_kept_while_teams_are_compared()
    {
        var pace = new StepPace(new(8, 8), new(8, 8), variesThreads: false);
        for (int step = 0; step < 2000; step++)
        {
            Assert.That(pace.Next.Threads, Is.EqualTo(8));
            pace.Follow(Rows, 1000 * pace.Next.Teams + pace.Next.Threads);
        }

        Assert.That(pace.Current, Is.EqualTo(new StepDivision(8, 1)));
    }

    [Test]
    public void The_number_of_threads_changes_no_bit_of_a_training()
    {
        Assert.That(Bits(3), Is.EqualTo(Bits(1)));

        static int[] Bits(int threads)
        {
            var network = new Sequential([12], 1, new Dense(70, Activation.Relu), new BatchNormalization(), new Dropout(0.2f), new Dense(5));
            var engine = new Engine(3, SimdWidths.Best);
            var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Adam { GlobalClipNorm = 0.5f }, engine);
            var random = new RandomSource(4);
            float[] inputs = [.. Enumerable.Range(0, 50 * 12).Select(i => (float)random.Normal((ulong)i))];
            int[] labels = [.. Enumerable.Range(0, 50).Select(i => i % 5)];
            for (int step = 0; step < 12; step++)
            {
                engine.ActiveThreads = threads == 1 ? 1 : 1 + step % threads;
                trainer.TrainStep(new ReadOnlyMatrixView(inputs, 50, 12), labels);
            }

            return Reference.TestValues.Bits(network.Parameters.Values);
        }
    }

    private static StepPace Threads(int threads) => new(new(threads, 1), new(threads, 1));

    private static (int[] Counts, long Time) Run(StepPace pace, int steps, Func<int, long> duration)
    {
        var counts = new int[9];
        long time = 0;
        for (int step = 0; step < steps; step++)
        {
            long taken = duration(pace.Next.Threads);
            counts[pace.Next.Threads]++;
            time += taken;
            pace.Follow(Rows, taken);
        }

        return (counts, time);
    }
}
