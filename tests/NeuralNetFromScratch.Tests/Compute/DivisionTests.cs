using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>How work is divided among many threads.</summary>
public class DivisionTests
{
    [Test]
    public void Each_element_of_a_product_belongs_to_one_worker_and_parts_differ_by_a_tile(
        [Values(1, 64, 192, 784)] int rows, [Values(1, 10, 128, 512)] int columns, [Values(2, 4, 8, 16, 32, 64)] int threads)
    {
        var operands = new GemmOperands { Rows = rows, Columns = columns, Depth = 512 };
        var grid = GemmGrid.For(operands, SimdWidths.Best, threads);
        Assert.That(grid.Parts, Is.InRange(1, threads));
        var owners = new int[rows, columns];
        List<int> heights = [], widths = [];
        for (int worker = 0; worker < grid.Parts; worker++)
        {
            (Section ownRows, Section ownColumns) = grid.Sections(operands, SimdWidths.Best, worker);
            heights.Add(ownRows.Count);
            widths.Add(ownColumns.Count);
            for (int row = ownRows.Start; row < ownRows.End; row++)
            {
                for (int column = ownColumns.Start; column < ownColumns.End; column++)
                    owners[row, column]++;
            }
        }

        Assert.That(owners, Is.All.EqualTo(1));
        // The last part has an incomplete tile.
        (int tileRows, int tileColumns, _, _, _) = Tuning.Blocking(SimdWidths.Best);
        Assert.That(heights.Max() - heights.Min(), Is.LessThan(2 * tileRows));
        Assert.That(widths.Max() - widths.Min(), Is.LessThan(2 * tileColumns));
    }

    [Test]
    public void A_large_product_uses_at_least_three_quarters_of_the_threads([Values(192, 784)] int rows, [Values(512, 784)] int columns, [Values(2, 4, 8, 16, 32, 64)] int threads) =>
        Assert.That(GemmGrid.For(new GemmOperands { Rows = rows, Columns = columns, Depth = 512 }, SimdWidths.Best, threads).Parts, Is.GreaterThanOrEqualTo(0.75 * threads));

    [TestCase(999, 1)]
    [TestCase(1_000, 1)]
    [TestCase(2_999, 2)]
    [TestCase(8_000, 8)]
    [TestCase(18_000, 12)]
    [TestCase(128_000, 32)]
    [TestCase(512_000, 64)]
    [TestCase(long.MaxValue, 64)]
    public void Work_has_a_worker_for_each_grain_until_handing_out_the_parts_takes_as_long_as_a_part(long work, int expected) =>
        Assert.That(new Engine(64, SimdWidths.Best).WorkersFor(work, 1000), Is.EqualTo(expected));

    [Test]
    public void A_simulated_engine_runs_all_parts_on_the_thread_of_the_caller_and_records_them()
    {
        var clock = new ListClock();
        var engine = new Engine(16, SimdWidths.Best, clock);
        float[] x = Reference.TestValues.Uniform(784 * 300, 1), w = Reference.TestValues.Uniform(784 * 128, 2), y = new float[300 * 128], expected = new float[300 * 128];
        engine.Multiply(new ReadOnlyMatrixView(x, 300, 784), new ReadOnlyMatrixView(w, 784, 128), new MatrixView(y, 300, 128));
        new Engine(1, SimdWidths.Best).Multiply(new ReadOnlyMatrixView(x, 300, 784), new ReadOnlyMatrixView(w, 784, 128), new MatrixView(expected, 300, 128));
        Assert.That(y, Is.EqualTo(expected));
        Assert.That(clock.Parts, Has.Count.EqualTo(1));
        Assert.That(clock.Parts[0], Is.InRange(12, 16));
        Assert.That(clock.Threads, Is.EqualTo(new HashSet<int> { Environment.CurrentManagedThreadId }));
    }

    private sealed class ListClock : IJobClock
    {
        public List<int> Parts { get; } = [];

        public HashSet<int> Threads { get; } = [];

        public long Now
        {
            get
            {
                Threads.Add(Environment.CurrentManagedThreadId);
                return 0;
            }
        }

        public void Record(Type job, long start, ReadOnlySpan<long> durations) => Parts.Add(durations.Length);
    }
}
