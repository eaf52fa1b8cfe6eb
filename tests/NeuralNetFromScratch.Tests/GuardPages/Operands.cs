using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>The operands of one kernel call, filled from a seed: each beside an unreadable page, or each in the middle of NaNs.</summary>
internal sealed unsafe class Operands(GuardedSide? side) : IDisposable
{
    private const int Margin = 64;

    private readonly List<(GuardedMemory Memory, int Start, int Length)> _all = [];

    public float* Next(int count)
    {
        GuardedMemory memory = side is { } guarded ? new(count, guarded) : new(count + 2 * Margin, GuardedSide.Start);
        _all.Add((memory, side is null ? Margin : 0, count));
        // Above zero, so that any operand can be a variance or a deviation.
        Span<float> values = Span(_all.Count - 1);
        TestValues.Uniform(count, (ulong)_all.Count, 0.25f, 1).CopyTo(values);
        fixed (float* first = values)
            return first;
    }

    public Span<float> NextSpan(int count)
    {
        float* first = Next(count);
        return new(first, count);
    }

    /// <summary>The bits of all operands in their order.</summary>
    public int[] Bits() => [.. Enumerable.Range(0, _all.Count).SelectMany(operand => TestValues.Bits(Span(operand)))];

    public void Dispose() => _all.ForEach(operand => ((IDisposable)operand.Memory).Dispose());

    private Span<float> Span(int operand) => _all[operand].Memory.GetSpan().Slice(_all[operand].Start, _all[operand].Length);
}
