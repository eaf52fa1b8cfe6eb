using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// A block of layers F with a way around it: <c>y = x + F(x)</c>, <c>dx = dy + dF/dx·dy</c> (He et al. 2016). The block's output must have
/// the shape of its input. Its layers' parameters are the residual's own, under the layers' names: "residual1.dense2.weight".
/// </summary>
public sealed class Residual : Layer
{
    private readonly Layer[] _layers;

    /// <summary>The chain for the shape that was last asked for: a function of that shape alone, kept because it is asked for in every pass.</summary>
    private LayerChain? _chain;

    /// <summary>A block.</summary>
    /// <param name="layers">F, first layer to last; at least one.</param>
    /// <exception cref="ArgumentException">There is no layer, or one is null.</exception>
    public Residual(params IReadOnlyList<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
            throw new ArgumentException("a block needs at least one layer", nameof(layers));
        if (layers.Contains(null!))
            throw new ArgumentException("a layer is null", nameof(layers));
        _layers = [.. layers];
    }

    /// <summary>F, first layer to last.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <inheritdoc/>
    public override string Kind => "residual";

    /// <inheritdoc/>
    public override string Description => $"residual ({string.Join("; ", _layers.Select(layer => layer.Description))})";

    /// <inheritdoc/>
    public override bool OverwritesGradients => true;

    /// <inheritdoc/>
    public override bool NeedsWholeBatch => Array.Exists(_layers, layer => layer.NeedsWholeBatch);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape)
    {
        Shape output = Chain(inputShape).OutputShape;
        if (output != inputShape)
            throw new ArgumentException($"expected a block from {inputShape} to the same shape, got one to {output}", nameof(inputShape));
        return inputShape;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterDefinition> Parameters(Shape inputShape) => Chain(inputShape).Definitions;

    /// <inheritdoc/>
    public override int ScratchLength(Shape inputShape, int batch)
    {
        int length = 2 * GradientLength(Chain(inputShape), batch);
        foreach (LayerNode node in Chain(inputShape).Nodes)
            length = checked(length + NodeLength(node, batch));
        return length;
    }

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlySpan<float> input, Span<float> output)
    {
        LayerChain chain = Chain(context.InputShape);
        ReadOnlySpan<float> current = input;
        Span<float> free = context.Scratch;
        foreach (LayerNode node in chain.Nodes)
        {
            Span<float> result = Output(free, node, context.Batch);
            node.Layer.Forward(context.Within(node, Scratch(free, node, context.Batch), accumulateGradients: false), current, result);
            current = result;
            free = free[NodeLength(node, context.Batch)..];
        }

        TensorPrimitives.Add(input, current, output);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        Span<float> outputGradient,
        Span<float> inputGradient)
    {
        LayerChain chain = Chain(context.InputShape);
        int batch = context.Batch, gradientLength = GradientLength(chain, batch), end = 0;
        foreach (LayerNode node in chain.Nodes)
            end += NodeLength(node, batch);
        Span<float> gradients = context.Scratch.Slice(end, 2 * gradientLength);

        // The layers may overwrite the gradient that they are given; the way around still needs it.
        Span<float> gradient = gradients[..outputGradient.Length];
        outputGradient.CopyTo(gradient);
        for (int i = chain.Nodes.Length - 1; i >= 0; i--)
        {
            LayerNode node = chain.Nodes[i];
            end -= NodeLength(node, batch);
            Span<float> memory = context.Scratch[end..];
            LayerContext inner = context.Within(node, Scratch(memory, node, batch), context.AccumulateGradients || !node.Layer.OverwritesGradients);
            if (!node.Layer.OverwritesGradients && !context.AccumulateGradients)
                ClearGradients(node, inner);

            ReadOnlySpan<float> innerInput = i == 0 ? input : Output(context.Scratch[(end - NodeLength(chain.Nodes[i - 1], batch))..], chain.Nodes[i - 1], batch);
            Span<float> innerGradient = i == 0
                ? inputGradient
                : gradients.Slice((chain.Nodes.Length - i) % 2 * gradientLength, innerInput.Length);
            node.Layer.Backward(inner, innerInput, Output(memory, node, batch), gradient, innerGradient);
            gradient = innerGradient;
        }

        if (!inputGradient.IsEmpty)
            TensorPrimitives.Add(inputGradient, outputGradient, inputGradient);
    }

    private static void ClearGradients(LayerNode node, in LayerContext context)
    {
        for (int i = 0; i < node.ParameterCount; i++)
            context.Gradient(i).Clear();
    }

    /// <summary>A layer's part of the scratch memory: its output [batch, out], then its own scratch.</summary>
    private static int NodeLength(LayerNode node, int batch) => checked(OutputLength(node, batch) + ScratchLength(node, batch));

    private static Span<float> Output(Span<float> memory, LayerNode node, int batch) => memory[..(batch * node.OutputShape.ElementCount)];

    private static Span<float> Scratch(Span<float> memory, LayerNode node, int batch) =>
        memory.Slice(OutputLength(node, batch), ScratchLength(node, batch));

    private static int OutputLength(LayerNode node, int batch) => AlignedMemory.RoundUp(checked(batch * node.OutputShape.ElementCount));

    private static int ScratchLength(LayerNode node, int batch) => AlignedMemory.RoundUp(node.Layer.ScratchLength(node.InputShape, batch));

    /// <summary>Room for the largest gradient within the block; two such buffers take turns.</summary>
    private static int GradientLength(LayerChain chain, int batch)
    {
        // In each pass: an enumerator would be allocated.
        int largest = 0;
        foreach (LayerNode node in chain.Nodes)
            largest = Math.Max(largest, node.OutputShape.ElementCount);
        return AlignedMemory.RoundUp(checked(batch * largest));
    }

    private LayerChain Chain(Shape inputShape)
    {
        LayerChain? chain = _chain;
        if (chain is null || chain.InputShape != inputShape)
            _chain = chain = new LayerChain(inputShape, _layers);
        return chain;
    }
}
