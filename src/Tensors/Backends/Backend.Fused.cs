namespace Numerics.Tensors;

/// <content>The fused ops: what a backend may do faster in one pass. Their defaults compose primitives.</content>
public abstract partial class Backend
{
    /// <summary>y = x·kernel + bias, then max(·, 0) if asked for.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="kernel">[in, out].</param>
    /// <param name="bias">[out].</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="y">[rows, out].</param>
    public virtual void Dense(Tensor x, Tensor kernel, Tensor bias, bool relu, Tensor y)
    {
        MatMul(x, false, kernel, false, y);
        AddBias(y, bias, relu);
    }

    /// <summary>A convolution, its bias, then max(·, 0) if asked for.</summary>
    /// <param name="x">[batch, h, w, in]; bytes where <see cref="ConvolvesBytes"/>.</param>
    /// <param name="kernel">[kh, kw, in / groups, out].</param>
    /// <param name="bias">[out].</param>
    /// <param name="geometry">Strides, padding, dilation, groups.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="y">[batch, out h, out w, out].</param>
    public virtual void Conv2DBias(Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry geometry, bool relu, Tensor y)
    {
        Conv2D(x, kernel, geometry, y);
        AddBias(y, bias, relu);
    }

    /// <summary>A convolution, its bias, ReLU and max-pooling: y = maxpool(relu(conv(x) + bias)).</summary>
    /// <param name="x">[batch, h, w, in]; bytes where <see cref="ConvolvesBytes"/>.</param>
    /// <param name="kernel">[kh, kw, in / groups, out].</param>
    /// <param name="bias">[out].</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="pool">The pooling, over the convolution's output.</param>
    /// <param name="y">[batch, pooled h, pooled w, out].</param>
    /// <param name="argMax">
    /// Where in the window the maximum was, as <see cref="MaxPool2D"/> has it. Where y is 0 no gradient flows and the value has no meaning.
    /// </param>
    public virtual void Conv2DBiasReluMaxPool(
        Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor y, Tensor argMax)
    {
        using var scope = new TensorScope();
        Tensor full = Tensor.Empty(this, conv.OutputShape);
        Conv2DBias(x, kernel, bias, conv, relu: true, full);
        MaxPool2D(full, pool, y, argMax);
    }

    /// <summary>The gradient of <see cref="Conv2DBiasReluMaxPool"/>.</summary>
    /// <param name="x">The op's input.</param>
    /// <param name="kernel">The op's kernel.</param>
    /// <param name="y">The op's output.</param>
    /// <param name="argMax">What the op noted.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="pool">The pooling.</param>
    /// <param name="dx">Receives the gradient of the input; null when it is not needed, and for bytes.</param>
    /// <param name="dkernel">Receives the gradient of the kernel.</param>
    /// <param name="dbias">Receives the gradient of the bias.</param>
    public virtual void Conv2DBiasReluMaxPoolGradient(
        Tensor x, Tensor kernel, Tensor y, Tensor argMax, Tensor dy, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor? dx, Tensor dkernel, Tensor dbias)
    {
        using var scope = new TensorScope();
        Tensor masked = Tensor.Empty(this, y.Shape), full = Tensor.Empty(this, conv.OutputShape);
        UnaryGradient(UnaryKind.Relu, y, y, dy, masked);
        MaxPool2DGradient(masked, argMax, pool, full);
        Conv2DKernelGradient(x, full, conv, dkernel);
        Reduce(ReduceOp.Sum, full.View([1, full.Count / conv.OutChannels, conv.OutChannels]), dbias.View([1, conv.OutChannels]));
        if (dx is not null)
            Conv2DInputGradient(full, kernel, conv, dx);
    }

    /// <summary>
    /// Batch normalisation with the statistics of this batch, over all axes but the last:
    /// y = gamma·(x - mean)/√(variance + epsilon) + beta, biased variance (Ioffe and Szegedy 2015, algorithm 1), then max(·, 0) if asked for.
    /// </summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="y">[rows, channels].</param>
    /// <param name="mean">Receives [channels].</param>
    /// <param name="variance">Receives [channels].</param>
    public virtual void BatchNormalization(Tensor x, Tensor gamma, Tensor beta, float epsilon, bool relu, Tensor y, Tensor mean, Tensor variance)
    {
        using var scope = new TensorScope();
        Tensor xs = x.StopGradient(), mu = xs.Mean(0), centred = xs - mu, spread = centred.Square().Mean(0);
        Copy(mu, mean);
        Copy(spread, variance);
        ScaleShift(centred, gamma.StopGradient() * (spread + epsilon).Rsqrt(), beta, relu, y);
    }

    /// <summary>The gradient of <see cref="BatchNormalization"/>.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="mean">The batch's mean [channels].</param>
    /// <param name="variance">The batch's variance [channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">The op's output, if it applied ReLU; null if it did not.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="dx">Receives [rows, channels].</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <param name="dbeta">Receives [channels].</param>
    public virtual void BatchNormalizationGradient(
        Tensor x, Tensor gamma, Tensor mean, Tensor variance, float epsilon, Tensor? y, Tensor dy, Tensor dx, Tensor dgamma, Tensor dbeta)
    {
        using var scope = new TensorScope();
        Tensor scale = (variance.StopGradient() + epsilon).Rsqrt(), normalised = (x.StopGradient() - mean.StopGradient()) * scale, outer = dy.StopGradient();
        if (y is not null)
        {
            outer = Tensor.Empty(this, y.Shape);
            UnaryGradient(UnaryKind.Relu, y, y, dy, outer);
        }

        Tensor sum = outer.Sum(0), weighted = (outer * normalised).Sum(0);
        Copy(weighted, dgamma);
        Copy(sum, dbeta);
        float inverse = 1f / x.Shape[0];
        Copy((outer - (sum * inverse) - (normalised * (weighted * inverse))) * (gamma.StopGradient() * scale), dx);
    }

    /// <summary>y = x·scale + shift for each channel, then max(·, 0) if asked for: batch normalisation with statistics that are known.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="y">[rows, channels].</param>
    public virtual void ScaleShift(Tensor x, Tensor scale, Tensor shift, bool relu, Tensor y)
    {
        Binary(BinaryOp.Multiply, x, scale, y);
        AddBias(y, shift, relu);
    }

    /// <summary>Stochastic gradient descent: v = momentum·v - rate·g; w += v, or with Nesterov w += momentum·v - rate·g. All in place.</summary>
    /// <param name="weights">w; updated.</param>
    /// <param name="gradient">g.</param>
    /// <param name="velocity">v; updated. Null without momentum.</param>
    /// <param name="step">The constants.</param>
    public virtual void SgdUpdate(Tensor weights, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        using var scope = new TensorScope();
        Tensor move = gradient.StopGradient() * -step.LearningRate;
        if (velocity is not null)
        {
            Tensor next = (velocity.StopGradient() * step.Momentum) + move;
            Copy(next, velocity);
            move = step.Nesterov ? (next * step.Momentum) + move : next;
        }

        Copy(weights.StopGradient() + move, weights);
    }

    /// <summary>
    /// Adam (Kingma and Ba 2015, the form of section 2's last paragraph): m += (1-β1)(g-m); v += (1-β2)(g²-v);
    /// w = w·(1 - decay) - rate·m/(√v + ε). All in place.
    /// </summary>
    /// <param name="weights">w; updated.</param>
    /// <param name="gradient">g.</param>
    /// <param name="mean">m; updated.</param>
    /// <param name="variance">v; updated.</param>
    /// <param name="step">The constants, the bias correction already in the rate.</param>
    public virtual void AdamUpdate(Tensor weights, Tensor gradient, Tensor mean, Tensor variance, in AdamStep step)
    {
        using var scope = new TensorScope();
        Tensor g = gradient.StopGradient(), m = mean.StopGradient(), v = variance.StopGradient();
        Tensor nextM = m + ((g - m) * (1 - step.Beta1)), nextV = v + ((g.Square() - v) * (1 - step.Beta2));
        Copy(nextM, mean);
        Copy(nextV, variance);
        Copy((weights.StopGradient() * (1 - step.Decay)) - (nextM * step.LearningRate / (nextV.Sqrt() + step.Epsilon)), weights);
    }

    /// <summary>
    /// RMSprop (Tieleman and Hinton 2012) as Keras has it: v = ρ·v + (1-ρ)g²; step = rate·g/√(v + ε); with momentum
    /// b = momentum·b + step and w -= b, else w -= step. All in place.
    /// </summary>
    /// <param name="weights">w; updated.</param>
    /// <param name="gradient">g.</param>
    /// <param name="variance">v; updated.</param>
    /// <param name="momentum">b; updated. Null without momentum.</param>
    /// <param name="step">The constants.</param>
    public virtual void RmspropUpdate(Tensor weights, Tensor gradient, Tensor variance, Tensor? momentum, in RmspropStep step)
    {
        using var scope = new TensorScope();
        Tensor g = gradient.StopGradient();
        Tensor next = (variance.StopGradient() * step.Rho) + (g.Square() * (1 - step.Rho));
        Copy(next, variance);
        Tensor move = g * step.LearningRate * (next + step.Epsilon).Rsqrt();
        if (momentum is not null)
        {
            move = (momentum.StopGradient() * step.Momentum) + move;
            Copy(move, momentum);
        }

        Copy(weights.StopGradient() - move, weights);
    }

    /// <summary>
    /// Lion (Chen et al. 2023, algorithm 2): w = w·(1 - decay) - rate·sign(β1·m + (1-β1)g); m = β2·m + (1-β2)g. All in place.
    /// </summary>
    /// <param name="weights">w; updated.</param>
    /// <param name="gradient">g.</param>
    /// <param name="momentum">m; updated.</param>
    /// <param name="step">The constants.</param>
    public virtual void LionUpdate(Tensor weights, Tensor gradient, Tensor momentum, in LionStep step)
    {
        using var scope = new TensorScope();
        Tensor g = gradient.StopGradient(), m = momentum.StopGradient();
        Tensor direction = ((m * step.Beta1) + (g * (1 - step.Beta1))).Sign();
        Copy((m * step.Beta2) + (g * (1 - step.Beta2)), momentum);
        Copy((weights.StopGradient() * (1 - step.Decay)) - (direction * step.LearningRate), weights);
    }

    private void AddBias(Tensor y, Tensor bias, bool relu)
    {
        Binary(BinaryOp.Add, y, bias, y);
        if (relu)
            Unary(UnaryKind.Relu, y, y);
    }
}
