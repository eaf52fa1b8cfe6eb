using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// In training, sets each value to 0 with a given probability and multiplies the others by <c>1 / (1 − rate)</c>, which preserves the mean;
/// otherwise the identity (inverted dropout, Srivastava et al. 2014). The selection depends only on the training's seed, the step, the sample's
/// index in the step and the value's index. Backward multiplies the gradient by the same factors.
/// </summary>
public sealed class Dropout : Layer, IPart<Dropout>
{
    /// <summary>Creates a dropout layer.</summary>
    /// <param name="rate">The probability with which a value is dropped; at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is out of range.</exception>
    public Dropout(float rate)
        : this(new Settings(Kind, new Setting("rate", rate)))
    {
    }

    private Dropout(Settings settings)
        : base(settings) => Rate = Guard.Fraction(settings.Get<float>("rate"), "rate");

    /// <summary>The probability with which a value is dropped.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public static string Kind => "dropout";

    /// <inheritdoc/>
    public static Dropout Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(Guard.Length(rows, inputShape.ElementCount));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        if (!context.IsTraining)
        {
            input.Span.CopyTo(output.Span);
            return;
        }

        var operation = new DropoutForward { X = input, Y = output, Factors = context.ScratchOf(this, input.Span.Length), Rate = Rate, Random = context.Random, SampleOffset = context.SampleOffset };
        context.Engine.ForRows(operation, input.Rows, input.Span.Length, Tuning.DropoutGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows > 0)
            TensorPrimitives.Multiply(outputGradient.Span, context.ScratchOf(this, outputGradient.Span.Length), inputGradient.Span);
    }
}

/// <summary>
/// Draws the factor of each element, 0 or <c>1 / (1 − rate)</c>, and multiplies: <c>y = x · factor</c>. The factor depends only on the random
/// source, the sample's index and the element's index.
/// </summary>
internal ref struct DropoutForward : IRowOperation
{
    /// <summary>The number of elements that share a block of random bits, with 32 bits each.</summary>
    private const int ElementsOfBlock = 4;

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;

    /// <summary>[rows · columns]: receives the factors for the backward pass.</summary>
    public Span<float> Factors;
    public float Rate;
    public RandomSource Random;

    /// <summary>The index of the first row's sample in its step.</summary>
    public int SampleOffset;

    [MethodImpl(HotPath.CompileOnce)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        ReadOnlySpan<float> x = X.Row(row);
        Span<float> y = Y.Row(row)[..x.Length], factors = Factors.Slice(row * x.Length, x.Length);
        ulong threshold = (ulong)(Rate * 4294967296.0);
        float kept = 1 / (1 - Rate);
        int blocks = (x.Length + ElementsOfBlock - 1) / ElementsOfBlock;
        ulong firstBlock = (ulong)(SampleOffset + row) * (ulong)blocks;
        for (int column = 0; column < x.Length; column += ElementsOfBlock)
        {
            (ulong low, ulong high) = Random.Block(firstBlock + (ulong)(column / ElementsOfBlock));
            for (int i = 0; i < Math.Min(ElementsOfBlock, x.Length - column); i++)
            {
                ulong bits = (i < 2 ? low : high) >> (32 * (i % 2)) & uint.MaxValue;
                factors[column + i] = bits < threshold ? 0 : kept;
                y[column + i] = x[column + i] * factors[column + i];
            }
        }
    }
}
