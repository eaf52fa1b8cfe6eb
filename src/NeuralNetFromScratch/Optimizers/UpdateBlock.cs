using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>A part of the parameters with everything that belongs to it. All spans have the same length.</summary>
public readonly ref struct UpdateBlock
{
    private readonly Span<float> _slots;
    private readonly int _slotStride;
    private readonly int _start;
    private readonly SimdWidth _width = SimdWidths.Best;

    /// <summary>A block.</summary>
    /// <param name="values">The parameters' values.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="slots">All slots of the rule, one after another, each as long as <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public UpdateBlock(Span<float> values, Span<float> gradients, Span<float> slots)
        : this(values, gradients, slots, values.Length, 0)
    {
    }

    internal UpdateBlock(SimdWidth width, Span<float> values, Span<float> gradients, Span<float> slots, int slotStride, int start)
        : this(values, gradients, slots, slotStride, start) => _width = width;

    private UpdateBlock(Span<float> values, Span<float> gradients, Span<float> slots, int slotStride, int start)
    {
        if (gradients.Length != values.Length)
            throw new ArgumentException($"expected {values.Length} gradients, got {gradients.Length}", nameof(gradients));
        Values = values;
        Gradients = gradients;
        _slots = slots;
        _slotStride = slotStride;
        _start = start;
    }

    /// <summary>The values, to be updated.</summary>
    public Span<float> Values { get; }

    /// <summary>The loss's derivatives by the values.</summary>
    public Span<float> Gradients { get; }

    /// <summary>One of the numbers that the rule remembers for each element; zero before the first step.</summary>
    /// <param name="slot">0 to <see cref="Optimizer.SlotCount"/> − 1.</param>
    public Span<float> Slot(int slot) => _slots.Slice(slot * _slotStride + _start, Values.Length);

    /// <summary>Applies a rule of the library to the block.</summary>
    internal void Apply<TRule>(TRule rule)
        where TRule : struct, IUpdateRule =>
        UpdatePass.Run(_width, rule, Values, Gradients, TRule.SlotCount > 0 ? Slot(0) : [], TRule.SlotCount > 1 ? Slot(1) : []);
}
