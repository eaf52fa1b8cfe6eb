using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <content>Sparse rows: the same formulas, with the products of the elements that are not stored left out.</content>
public partial class Dense : ISparseLayer
{
    // Explicit, because overload resolution would otherwise prefer these methods to the overrides in a call with a dense matrix.
    void ISparseLayer.Forward(in LayerContext context, BatchView input, MatrixView output)
    {
        if (input.IsDense)
        {
            Forward(context, input.Dense, output);
            return;
        }

        context.CheckForward(this, input, output, Units);
        // Z = X·W + b, A = f(Z)
        bool keepsZ = context.IsTraining && Activation.DerivativeNeedsInput;
        MatrixView z = keepsZ ? new(context.ScratchOf(this, output.Span.Length), output.Rows, Units) : output;
        BatchProduct.Multiply(context.Engine, input, Weights(context, input.Columns), Biases(context), z);
        Activation.ApplyWith(context.Engine, z.Span, output.Span);
    }

    void ISparseLayer.Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient)
    {
        if (input.IsDense)
        {
            Backward(context, input.Dense, output, outputGradient, denseGradient);
            return;
        }

        context.CheckBackward(this, input, output, outputGradient, denseGradient, Units);
        // dZ = dA ∘ f', db = Σ dZ; dW = Xᵀ·dZ; dX = dZ·Wᵀ
        DifferentiateAndSum(context, output, outputGradient);
        Parameter weight = context.ListedParameter(this, Weight, checked(input.Columns * Units));
        MatrixView weightGradient = new(weight.KnownGradients, input.Columns, Units);
        BatchProduct.MultiplyTransposed(context.Engine, input, outputGradient, weightGradient, context.Accumulate, weight.GradientRows);
        if (denseGradient.Rows > 0)
        {
            ReadOnlyMatrixView weights = Weights(context, input.Columns).SliceRows(0, denseGradient.Columns);
            context.Engine.Multiply(outputGradient, weights.Transposed, denseGradient);
        }
    }
}
