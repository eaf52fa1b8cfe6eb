using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>An optimizer's rule for one register of elements.</summary>
internal interface IUpdateRule
{
    /// <summary>The number of slots that the rule uses, 0 to 3.</summary>
    static abstract int SlotCount { get; }

    void Update<TSimd>(ref TSimd value, TSimd gradient, ref TSimd slot0, ref TSimd slot1, ref TSimd slot2)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Runs a rule over elements on the calling thread.</summary>
internal static unsafe class UpdatePass
{
    /// <param name="width">The register width.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="values">The values to update.</param>
    /// <param name="gradients">The gradients, as many as values.</param>
    /// <param name="slot0">The first slot, if the rule has one; it may be the memory of the gradients.</param>
    /// <param name="slot1">The second slot, if the rule has two.</param>
    /// <param name="slot2">The third slot, if the rule has three.</param>
    public static void Run<TRule>(
        SimdWidth width, TRule rule, Span<float> values, ReadOnlySpan<float> gradients,
        Span<float> slot0 = default, Span<float> slot1 = default, Span<float> slot2 = default)
        where TRule : struct, IUpdateRule
    {
        ThrowIfUnfit<TRule>(values.Length, gradients.Length, slot0.Length, slot1.Length, slot2.Length);
        fixed (float* value = values, gradient = gradients, first = slot0, second = slot1, third = slot2)
        {
            var kernel = new Kernel<TRule>(rule, value, gradient, first, second, third, values.Length);
            SimdDispatch.Run(width, ref kernel);
        }
    }

    /// <summary>A rule over some rows of a matrix, which may lie far apart.</summary>
    /// <param name="width">The register width.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="rows">The rows' numbers, and the length of a row.</param>
    /// <param name="values">All rows.</param>
    /// <param name="gradients">All rows of the gradients.</param>
    /// <param name="slot0">All rows of the first slot, if the rule has one.</param>
    /// <param name="slot1">All rows of the second slot, if the rule has two.</param>
    /// <param name="slot2">All rows of the third slot, if the rule has three.</param>
    public static void RunRows<TRule>(
        SimdWidth width, TRule rule, RowList rows, Span<float> values, ReadOnlySpan<float> gradients,
        Span<float> slot0 = default, Span<float> slot1 = default, Span<float> slot2 = default)
        where TRule : struct, IUpdateRule
    {
        ThrowIfUnfit<TRule>(values.Length, gradients.Length, slot0.Length, slot1.Length, slot2.Length);
        fixed (int* numbers = rows.Numbers)
        fixed (float* value = values, gradient = gradients, first = slot0, second = slot1, third = slot2)
        {
            var kernel = new RowKernel<TRule>(rule, numbers, rows.Numbers.Length, rows.Width, value, gradient, first, second, third);
            SimdDispatch.Run(width, ref kernel);
        }
    }

    private static void ThrowIfUnfit<TRule>(int values, int gradients, int slot0, int slot1, int slot2)
        where TRule : struct, IUpdateRule
    {
        bool fits = gradients == values && (TRule.SlotCount < 1 || slot0 == values) && (TRule.SlotCount < 2 || slot1 == values) && (TRule.SlotCount < 3 || slot2 == values);
        if (!fits)
            throw new ArgumentException($"expected as many gradients and slots as values, {values}, got {gradients}, {slot0}, {slot1} and {slot2}");
    }

    private readonly struct RowKernel<TRule>(
        TRule rule, int* numbers, int count, int width, float* values, float* gradients, float* slot0, float* slot1, float* slot2) : ISimdKernel
        where TRule : struct, IUpdateRule
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < count; i++)
            {
                if (i + Tuning.RowsAhead < count)
                {
                    nint ahead = (nint)numbers[i + Tuning.RowsAhead] * width;
                    Prefetch.Floats(values + ahead, width);
                    Prefetch.Floats(gradients + ahead, width);
                    if (TRule.SlotCount > 0)
                        Prefetch.Floats(slot0 + ahead, width);
                    if (TRule.SlotCount > 1)
                        Prefetch.Floats(slot1 + ahead, width);
                    if (TRule.SlotCount > 2)
                        Prefetch.Floats(slot2 + ahead, width);
                }

                nint start = (nint)numbers[i] * width;
                new Kernel<TRule>(rule, values + start, gradients + start, slot0 + start, slot1 + start, slot2 + start, width).Run<TSimd>();
            }
        }
    }

    private readonly struct Kernel<TRule>(TRule rule, float* values, float* gradients, float* slot0, float* slot1, float* slot2, int length) : ISimdKernel
        where TRule : struct, IUpdateRule
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int i = 0;
            for (; i <= length - TSimd.Width; i += TSimd.Width)
                Update<TSimd>(i, TSimd.Width);
            if (i < length)
                Update<TSimd>(i, length - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Update<TSimd>(int i, int available)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd value = PartialVector.Load<TSimd>(values + i, available);
            TSimd first = TRule.SlotCount > 0 ? PartialVector.Load<TSimd>(slot0 + i, available) : TSimd.Zero;
            TSimd second = TRule.SlotCount > 1 ? PartialVector.Load<TSimd>(slot1 + i, available) : TSimd.Zero;
            TSimd third = TRule.SlotCount > 2 ? PartialVector.Load<TSimd>(slot2 + i, available) : TSimd.Zero;
            rule.Update(ref value, PartialVector.Load<TSimd>(gradients + i, available), ref first, ref second, ref third);
            PartialVector.Store(value, values + i, available);
            if (TRule.SlotCount > 0)
                PartialVector.Store(first, slot0 + i, available);
            if (TRule.SlotCount > 1)
                PartialVector.Store(second, slot1 + i, available);
            if (TRule.SlotCount > 2)
                PartialVector.Store(third, slot2 + i, available);
        }
    }
}

/// <summary>Some rows of a matrix.</summary>
/// <param name="numbers">Their numbers.</param>
/// <param name="width">The length of a row.</param>
internal readonly ref struct RowList(ReadOnlySpan<int> numbers, int width)
{
    public ReadOnlySpan<int> Numbers { get; } = numbers;

    public int Width => width;
}
