using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Mixup (Zhang, Cissé, Dauphin and Lopez-Paz 2018: "mixup: Beyond empirical risk minimization"). Each sample x with target y becomes
/// <c>λ·x + (1 − λ)·x'</c> with target <c>λ·y + (1 − λ)·y'</c>, where x' is another sample of the same block of rows and λ is drawn from Beta(α, α) for each
/// sample. All numbers depend only on the random source and on the place of the sample in the epoch.
/// </summary>
/// <param name="Alpha">The parameter α; 0 if samples are not mixed.</param>
/// <param name="Random">The random source of the epoch.</param>
/// <param name="FirstPlace">The place of the first sample in the epoch.</param>
internal readonly record struct Mixup(double Alpha, RandomSource Random, int FirstPlace)
{
    private const ulong ShareStream = 0, PartnerStream = 1;

    public bool IsOn => Alpha > 0;

    /// <summary>Returns the mixup of the samples from an index on.</summary>
    public Mixup From(int start) => this with { FirstPlace = FirstPlace + start };

    /// <summary>Returns λ, the share of a sample's own features and target.</summary>
    public double Share(int row) => BetaDistribution.Symmetric(Alpha, Random.Fork(ShareStream).Fork((ulong)(FirstPlace + row)));

    /// <summary>Writes the rows of a block in a random order. Each two consecutive rows are mixed with each other; of an odd number, the last three in a cycle.</summary>
    public void Order(Span<int> rows)
    {
        for (int row = 0; row < rows.Length; row++)
            rows[row] = row;
        Random.Fork(PartnerStream).Fork((ulong)FirstPlace).Shuffle(rows);
    }
}

/// <summary>Mixes a block of samples in place. The cycles of rows that are mixed with each other are divided among the workers.</summary>
/// <param name="mixup">The mixup of the block.</param>
/// <param name="width">The register width.</param>
/// <param name="order">The rows in the order of <see cref="Mixup.Order"/>.</param>
/// <param name="features">The features: [rows, features].</param>
/// <param name="targets">The dense targets, which are mixed; with labels, receives the mixed one-hot targets: [rows, outputs].</param>
/// <param name="labels">The labels; each becomes the class with the larger share. Empty if the targets are dense.</param>
/// <param name="workerMemory">Memory of each worker for a row of features and one of targets.</param>
internal readonly ref struct MixupJob(
    Mixup mixup, SimdWidth width, ReadOnlySpan<int> order, MatrixView features, MatrixView targets, Span<int> labels, float[][] workerMemory) : IJob
{
    private readonly ReadOnlySpan<int> _order = order;
    private readonly MatrixView _features = features, _targets = targets;
    private readonly Span<int> _labels = labels;

    [MethodImpl(HotPath.CompileOnce)]
    public void Run(int worker, int workers)
    {
        int cycles = Math.Max(1, _order.Length / 2);
        var share = Section.Of(cycles, 1, worker, workers);
        for (int cycle = share.Start; cycle < share.End; cycle++)
            Mix(_order[(2 * cycle)..(cycle == cycles - 1 ? _order.Length : 2 * cycle + 2)], workerMemory[worker]);
    }

    /// <summary>Mixes each row with the next one of a cycle, and the last row with the first one, of which a copy is kept.</summary>
    private void Mix(ReadOnlySpan<int> cycle, Span<float> memory)
    {
        Span<float> features = memory[.._features.Columns], targets = memory.Slice(features.Length, _targets.Columns);
        _features.Row(cycle[0]).CopyTo(features);
        if (_labels.IsEmpty)
            _targets.Row(cycle[0]).CopyTo(targets);
        int label = _labels.IsEmpty ? 0 : _labels[cycle[0]];
        for (int i = 0; i < cycle.Length; i++)
        {
            int row = cycle[i];
            bool isLast = i == cycle.Length - 1;
            var function = new WeightedMean((float)mixup.Share(row));
            Mix(function, _features.Row(row), isLast ? features : _features.Row(cycle[i + 1]));
            if (_labels.IsEmpty)
                Mix(function, _targets.Row(row), isLast ? targets : _targets.Row(cycle[i + 1]));
            else
                MixLabels(function, row, isLast ? label : _labels[cycle[i + 1]]);
        }
    }

    private void Mix(WeightedMean function, Span<float> own, ReadOnlySpan<float> other) => ElementPass.Run(width, function, own, other, own);

    private void MixLabels(WeightedMean function, int row, int other)
    {
        Span<float> target = _targets.Row(row);
        target.Clear();
        target[_labels[row]] = function.Share;
        target[other] += function.Rest;
        _labels[row] = function.Share >= function.Rest ? _labels[row] : other;
    }

    /// <summary><c>λ·x + (1 − λ)·x'</c>, without a multiply-add, so that processors without one compute the same bits.</summary>
    private readonly struct WeightedMean(float share) : IPairFunction
    {
        public float Share => share;

        public float Rest => 1 - share;

        public TSimd Apply<TSimd>(TSimd first, TSimd second)
            where TSimd : struct, ISimd<TSimd> => TSimd.Broadcast(Share) * first + TSimd.Broadcast(Rest) * second;
    }
}
